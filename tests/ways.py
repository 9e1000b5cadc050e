"""Work that is a generator, followed to its end."""


def at_the_end(way):
    """What a generator returns, and all that it yields on its way."""
    said = []
    while True:
        try:
            said.append(next(way))
        except StopIteration as end:
            return end.value, said
