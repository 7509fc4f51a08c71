"""Checks a DSSE envelope with securesystemslib, and the statement in it with the in-toto attestation library: envelope, key in hex."""
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

envelope = Envelope.from_dict(json.load(open(sys.argv[1])))
key = SSlibKey("operator", "ed25519", "ed25519", {"public": sys.argv[2]})
key.keyid = next(iter(envelope.signatures))
envelope.verify([key], 1)
statement = json.loads(envelope.payload)
message = ParseDict(statement, StatementMessage())
Statement.copy_from_pb(message).validate()
ParseDict(statement["predicate"], Provenance())  # refuses fields that SLSA does not know
print(json.dumps(statement))
