"""Make a failing program small: delete statements, unwrap blocks, simplify expressions."""

import ast
import copy
import time
import warnings

from .observe import Case


def shrunk(case, fails, seconds=120):
    """Return a smaller case for which `fails(case)` is true, too."""
    end = time.monotonic() + seconds
    before = None
    while case != before and time.monotonic() < end:
        before = case
        case = _fewer_calls(case, fails)
        for step in (_without_chunk, _without, _unwrapped, _simpler):
            case = _sweep(case, fails, step, end)
    return case


def _fewer_calls(case, fails):
    for number in reversed(range(len(case.calls))):
        calls = case.calls[:number] + case.calls[number + 1 :]
        if calls and _holds(fails, smaller := Case(case.module, calls, case.loose)):
            case = smaller
    return case


def _sweep(case, fails, step, end):
    """Try a step at each place, one after the other; after a success the place is tried again."""
    place = 0
    while time.monotonic() < end:
        tree = ast.parse(case.module)
        try:
            changed = step(tree, place)
        except IndexError:
            break
        if changed:
            text = ast.unparse(ast.fix_missing_locations(tree))
            smaller = Case(text, case.calls, case.loose)
            # The shorter text ends the search, whatever the step.
            if len(text) < len(ast.unparse(ast.parse(case.module))) and _holds(fails, smaller):
                case = smaller
                continue
        place += 1
    return case


def _holds(fails, case):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(case.module, "<shrunk>", "exec")
        return fails(case)
    except Exception:
        return False


def _blocks(tree):
    """Return the lists of statements, handlers and cases of a tree, outer ones first."""
    fields = ("body", "orelse", "finalbody", "handlers", "decorator_list", "cases")
    found = [getattr(node, field, None) for node in ast.walk(tree) for field in fields]
    return [block for block in found if isinstance(block, list) and block]


def _without_chunk(tree, place):
    """Delete half of a block, its later half first."""
    block = _blocks(tree)[place // 2]
    if len(block) < 4:
        return False
    half = len(block) // 2
    block[:] = block[:half] if place % 2 == 0 else block[half:]
    return True


def _statement(tree, place):
    places = [(block, index) for block in _blocks(tree) for index in reversed(range(len(block)))]
    return places[place]


def _without(tree, place):
    block, index = _statement(tree, place)
    if isinstance(block[index], ast.Pass):
        return False
    gone = block.pop(index)
    if not block and isinstance(gone, ast.stmt):
        block.append(ast.Pass())
    return True


def _unwrapped(tree, place):
    """Put what stands in a compound statement in its place."""
    block, index = _statement(tree, place)
    inner = getattr(block[index], "body", None)
    kinds = ast.FunctionDef | ast.ClassDef | ast.ExceptHandler | ast.match_case
    if not isinstance(inner, list) or isinstance(block[index], kinds):
        return False
    block[index : index + 1] = inner
    return True


def _simpler(tree, place):
    """Replace an expression by one of its operands or by a number, or leave it out of a list."""
    steps = []
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            values = value if isinstance(value, list) else [value]
            for index, one in enumerate(values):
                if isinstance(one, ast.expr) and not isinstance(one, ast.Constant):
                    many = isinstance(value, list)
                    steps += [(node, field, index, many, new) for new in _operands(one)]
                    steps += [(node, field, index, True, None)] if many else []
    node, field, index, many, new = steps[place]
    if new is None:
        del getattr(node, field)[index]
    elif many:
        getattr(node, field)[index] = copy.deepcopy(new)
    else:
        setattr(node, field, copy.deepcopy(new))
    return True


def _operands(node):
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
    if not isinstance(node, ast.Name):
        yield ast.Constant(1)
