import math


def norm(x):
    """Length of a vector, and the name of its dtype."""
    scale = 1 / math.sqrt(x.shape[0])
    return x * x * scale, str(x.dtype)
