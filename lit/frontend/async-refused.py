# RUN: not foldaway-opt %s --function f 2>&1 | filecheck %s


# CHECK: error: async code can't be compiled
async def g():
    pass


def f():
    async with g():
        pass
