"""Python in the one way in which it is printed, where there are several."""

import ast


class Normal(ast.NodeTransformer):
    """Writes what Python treats alike in the one way in which it is printed."""

    def __init__(self, owner: str | None):
        self.owner = owner
        self.in_function = False

    def name(self, name: str) -> str:
        if self.owner and name.startswith("__") and not name.endswith("__"):
            return f"_{self.owner.lstrip('_')}{name}"
        return name

    def body(self, nodes: list[ast.stmt], *, documented: bool) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for index, node in enumerate(nodes):
            out += self.statement(node, first=documented and index == 0)
        return out or [ast.Pass()]

    def statement(self, node: ast.stmt, *, first: bool) -> list[ast.stmt]:
        match node:
            case ast.Expr(ast.Constant(value)) if value is not ...:
                return [node] if first and isinstance(value, str) else []
            case ast.Import():
                return [ast.Import([name]) for name in node.names]
            case ast.Delete():
                return [ast.Delete([t]) for target in node.targets for t in flat(target)]
            case ast.AnnAssign():
                return self.annotated(node)
            case ast.With(items=[first_item, *others]) if others:
                return [ast.With([first_item], [ast.With(others, node.body)])]
            case _:
                return [node]

    def annotated(self, node: ast.AnnAssign) -> list[ast.stmt]:
        assigned: list[ast.stmt] = [ast.Assign([node.target], node.value)] if node.value else []
        if not self.in_function:
            return [*assigned, ast.AnnAssign(node.target, node.annotation, None, 1)]
        if not assigned and isinstance(node.target, ast.Name):
            return [ast.AnnAssign(node.target, ast.Constant(None), None, 1)]
        return assigned

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("body", "orelse", "finalbody"):
            nodes = getattr(node, field, None)
            if isinstance(nodes, list) and (nodes or field == "body"):
                kinds = (ast.FunctionDef, ast.ClassDef, ast.Module)
                documented = field == "body" and isinstance(node, kinds)
                setattr(node, field, self.body(nodes, documented=documented))
        return super().generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, self.in_function = self.in_function, True
        self.generic_visit(node)
        self.in_function = outer
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        outer = self.owner, self.in_function
        self.owner, self.in_function = node.name, False
        self.generic_visit(node)
        self.owner, self.in_function = outer
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.name(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = self.name(node.attr)
        return super().generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self.name(node.arg)
        return super().generic_visit(node)

    def visit_alias(self, node: ast.alias) -> ast.AST:
        node.asname = None if node.asname == node.name else node.asname
        return node

    def visit_Slice(self, node: ast.Slice) -> ast.AST:
        super().generic_visit(node)
        for field in ("lower", "upper", "step"):
            part = getattr(node, field)
            if isinstance(part, ast.Constant) and part.value is None:
                setattr(node, field, None)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        node.kind = None
        return node

    def visit_List(self, node: ast.List) -> ast.AST:
        super().generic_visit(node)
        return ast.Tuple(node.elts, node.ctx) if isinstance(node.ctx, ast.Store) else node


def flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [inner for item in target.elts for inner in flat(item)]
    return [target]
