"""A Kubo repository for one run: default settings, but for a network that is the loopback alone."""
import json
import os

from .processes import free_port, run


def repository(kubo, folder, api_port, gateway_port=None, options=()):
    """Makes it with these options of `ipfs init`, and answers the environment for `ipfs`. Nothing announces, looks
    for peers or reports."""
    environment = dict(os.environ, IPFS_PATH=str(folder), IPFS_TELEMETRY="off")
    run([kubo.path, "init", "--empty-repo", *options], environment=environment)
    file = folder / "config"
    config = json.loads(file.read_text(encoding="utf-8"))
    config["Addresses"] = {
        **config["Addresses"], "API": f"/ip4/127.0.0.1/tcp/{api_port}",
        "Gateway": f"/ip4/127.0.0.1/tcp/{gateway_port or free_port()}", "Swarm": []}
    config["Bootstrap"] = []
    config["Datastore"]["StorageMax"] = "60GB"  # Kubo does not keep to it, a node before it does
    config.setdefault("Discovery", {})["MDNS"] = {"Enabled": False}
    config["AutoConf"] = {"Enabled": False}
    config["AutoTLS"] = {"Enabled": False}
    for block in ("DNS", "Routing", "Ipns"):  # "auto" there needs AutoConf
        for key, value in list(config.get(block, {}).items()):
            if value in ("auto", ["auto"]) or isinstance(value, dict) and "auto" in value.values():
                del config[block][key]
    file.write_text(json.dumps(config, indent=2), encoding="utf-8")
    return environment


def datastore(folder):
    """What a repository keeps blocks in, and whether it syncs them, as its configuration says."""
    config = json.loads((folder / "config").read_text(encoding="utf-8"))
    for mount in config["Datastore"]["Spec"].get("mounts", []):
        mount = mount.get("child", mount)
        if mount.get("type") == "flatfs":
            return f"flatfs with sync: {json.dumps(mount.get('sync'))}"
    return "a datastore that is not flatfs"
