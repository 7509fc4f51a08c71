"""Tables of what was wanted, beside what it is."""


def row(words, bound, found, least=False, wanted="", digits=4):
    """The lines for one goal: one, or none when no round has the number. `found` is a spread or ratios, whose median shall be at
    most the bound, or at least; `wanted` says the bound where the number alone does not."""
    if not found:
        return []
    median = found[0]
    met = median >= bound if least else median <= bound
    return [f"| {words} | {wanted or bound} | {median:.{digits}g}{'' if met else ', missed'} |"]
