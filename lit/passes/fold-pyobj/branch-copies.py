# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: {{.*}} on one side and {{.*}} on the other
def f(x):
    found = []
    for i in range(3):
        for j in range(4):
            if x[i] > j:
                found.append(x)
    return found
