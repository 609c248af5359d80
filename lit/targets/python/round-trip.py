# RUN: foldaway-opt %s -t python | filecheck %s


# CHECK: def f(x, *rest, k=1):
# CHECK-NEXT: for _i in range(k):
# CHECK-NEXT: if x:
# CHECK-NEXT: break
# CHECK-NEXT: else:
# CHECK-NEXT: return [y for y in rest if y]
def f(x, *rest, k=1):
    for _i in range(k):
        if x:
            break
    else:
        return [y for y in rest if y]
