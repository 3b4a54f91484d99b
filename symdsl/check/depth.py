"""The depth of a model's expressions, bounded before anything walks them by recursion."""

from __future__ import annotations

from collections.abc import Iterator

from symdsl.check.evaluate import expression_depth
from symdsl.check.reporter import Reporter
from symdsl.syntax import ast


def verify_depth(model: ast.ModelDeclaration, reporter: Reporter) -> bool:
    """Whether every expression of a model is within the limit on nesting; each one over it is reported."""
    sound = True
    for expression in model_expressions(model):
        if reporter.over_limit("nesting", expression_depth(expression), expression.span):
            sound = False
    return sound


def model_expressions(model: ast.ModelDeclaration) -> Iterator[ast.Expression]:
    """The outermost expressions of a model."""
    for statement in model.statements:
        match statement:
            case ast.DataBlock():
                for item in statement.items:
                    yield from _data_expressions(item)
            case ast.SymmetryDeclaration():
                if statement.group is not None:
                    yield statement.group
                yield from (line.action for line in statement.actions)
            case ast.ConstraintDeclaration():
                yield statement.relation
            case ast.Predict():
                if statement.network is not None:
                    yield from (option.value for option in statement.network.options)
            case ast.Sample():
                yield statement.density
            case ast.Enforce():
                yield from (option.value for option in statement.strategy.options)
            case ast.ParameterDeclaration():
                if statement.default is not None:
                    yield statement.default
            case ast.Definition():
                yield statement.value
            case ast.TrainBlock():
                yield from (option.value for option in statement.options)
            case ast.Normalise():
                pass


def _data_expressions(
    item: ast.FieldDeclaration | ast.AxisDeclaration | ast.GraphDeclaration,
) -> Iterator[ast.Expression]:
    match item:
        case ast.AxisDeclaration():
            yield item.size
        case ast.GraphDeclaration():
            for member in item.members:
                yield from _data_expressions(member.field)
        case ast.FieldDeclaration():
            yield from (argument.value for argument in item.type.arguments)
            yield from item.type.per
            if item.type.of is not None:
                yield item.type.of
