"""Make a failing program small: delete statements, unwrap blocks, simplify expressions."""

import ast
import copy
import warnings

from .observe import Case


def shrunk(case, fails, tries=2000):
    """Return a smaller case for which `fails(case)` is true, too."""
    while tries > 0:
        for smaller in _smaller(case):
            tries -= 1
            if tries <= 0 or _holds(fails, smaller):
                break
        else:
            return case
        if tries > 0:
            case = smaller
    return case


def _holds(fails, case):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(case.module, "<shrunk>", "exec")
        return fails(case)
    except Exception:
        return False


def _smaller(case):
    """Yield all cases one step smaller, the boldest steps first."""
    for number in reversed(range(len(case.calls))):
        if len(case.calls) > 1:
            yield Case(case.module, case.calls[:number] + case.calls[number + 1 :], case.loose)
    tree = ast.parse(case.module)
    for changed in (*_fewer_statements(tree), *_simpler_expressions(tree)):
        text = ast.unparse(ast.fix_missing_locations(changed))
        if text != case.module and len(text) <= len(ast.unparse(tree)):
            yield Case(text, case.calls, case.loose)


def _fewer_statements(tree):
    places = [
        (node_number, field, index)
        for node_number, node in enumerate(ast.walk(tree))
        for field in ("body", "orelse", "finalbody", "handlers", "decorator_list", "cases")
        if isinstance(getattr(node, field, None), list)
        for index in reversed(range(len(getattr(node, field))))
    ]
    for node_number, field, index in places:
        for make in (_without, _unwrapped):
            changed = copy.deepcopy(tree)
            node = _nth(changed, node_number)
            if make(node, field, index):
                yield changed


def _nth(tree, number):
    for count, node in enumerate(ast.walk(tree)):
        if count == number:
            return node
    raise LookupError(number)


def _without(node, field, index):
    block = getattr(node, field)
    gone = block.pop(index)
    if not block and field == "body":
        if isinstance(gone, ast.Pass):
            return False
        block.append(ast.Pass())
    return True


def _unwrapped(node, field, index):
    """Put what stands in a compound statement in its place."""
    block = getattr(node, field)
    inner = getattr(block[index], "body", None)
    if field not in ("body", "orelse", "finalbody") or not isinstance(inner, list):
        return False
    if isinstance(block[index], ast.FunctionDef | ast.ClassDef):
        return False
    block[index : index + 1] = inner
    return True


def _simpler_expressions(tree):
    """Replace an expression by one of its operands, or by a plain number."""
    count = sum(1 for _ in ast.walk(tree))
    for number in range(count):
        original = _nth(tree, number)
        for field, value in ast.iter_fields(original):
            values = value if isinstance(value, list) else [value]
            for index, one in enumerate(values):
                if not isinstance(one, ast.expr) or isinstance(one, ast.Constant):
                    continue
                for simple in _operands(one):
                    changed = copy.deepcopy(tree)
                    node = _nth(changed, number)
                    if isinstance(value, list):
                        getattr(node, field)[index] = simple
                    else:
                        setattr(node, field, simple)
                    yield changed
                if isinstance(value, list) and len(values) > 1:
                    changed = copy.deepcopy(tree)
                    del getattr(_nth(changed, number), field)[index]
                    yield changed


def _operands(node):
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
    if not isinstance(node, ast.Name):
        yield ast.Constant(1)
