"""The order in which the arguments of a call, and the items of a dict, are evaluated and merged."""

from foldaway import jit

from .agreement import X, same


class Names:
    def __init__(self, log, *names):
        self.log, self.names = log, names

    def keys(self):
        self.log.append("keys")
        return self.names

    def __getitem__(self, name):
        self.log.append(name)
        return name


def test_mappings_are_merged_before_the_next_item():
    def f(x):
        log = []

        def names(*args, **kwargs):
            return args, kwargs

        def note(value):
            log.append(value)
            return value

        found = [names(note(1), **Names(log, "a", "b"), c=note(2), **Names(log, "d"), e=x)]
        found.append({**{"a": 1}, note("k"): 5})
        found.append({**Names(log, "z"), note("y"): 6, **Names(log, "w")})
        wrong = [
            lambda: names(a=1, **Names(log, "a"), z=note("never")),
            lambda: names(**5, z=note("never")),
            lambda: {**5, note("never"): 1},
        ]
        for bad in wrong:
            try:
                bad()
            except TypeError as error:
                log.append(str(error))
        return found, log

    assert same(jit(f)(X), f(X))
