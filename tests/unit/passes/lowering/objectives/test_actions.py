"""What the plan moves by a drawn element is what `Action.apply` moves by its matrix."""

import numpy as np
import pytest

from symdsl.groups.actions.action import Action, Offset, Pixels
from symdsl.groups.combinations import Product, Pulled, Sum, tensor_power
from symdsl.groups.families.affine import euclidean, poincare
from symdsl.groups.families.catalogue import (
    cyclic,
    dihedral,
    lorentz,
    matrix_group,
    orthogonal,
    product,
    special_orthogonal,
    symmetric,
    translations,
)
from symdsl.groups.representation import Defining, Dual, LinearPart, Regular, Trivial
from tests.unit.passes.lowering.objectives.moving import drawn

QUARTER = np.array([[0.0, -1.0], [1.0, 0.0]])
PLANE = np.zeros((3, 3, 3))
PLANE[0, :2, :2] = QUARTER
PLANE[1, 0, 2] = PLANE[2, 1, 2] = 1.0
MOTIONS = matrix_group(generators=PLANE)
SHEAR = matrix_group(generators=np.array([[[0.0, 1.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, -1.0]]]))
BODIES = product(orthogonal(3), symmetric(4))
MANY = product(translations(2), symmetric(9), cyclic(4))
TURNED = product(special_orthogonal(2), symmetric(3))


def vector(group):
    return Defining(group)


ACTIONS = {
    "pixels on the grid": Action(dihedral(4), (2, 7, 7), (), Pixels()),
    "a long image, off the grid": Action(cyclic(4), (3, 6, 9), (), Pixels()),
    "half turns of a long image": Action(cyclic(2), (3, 6, 9), (), Pixels()),
    "pixels between the grid": Action(cyclic(8), (1, 8, 8), (), Pixels()),
    "pixels, any angle": Action(special_orthogonal(2), (9, 8), (), Pixels()),
    "pixels, any angle, mirrored": Action(orthogonal(2), (2, 8, 8), (), Pixels()),
    "pixels of a product": Action(
        TURNED, (3, 5, 5), (((0,), Pulled(TURNED, 1, Defining(symmetric(3)))),), Pixels(factor=0)
    ),
    "vectors": Action(orthogonal(3), (5, 3), (((1,), vector(orthogonal(3))),)),
    "a tensor on two axes": Action(lorentz(), (4, 4), (((0, 1), tensor_power(lorentz(), 1, 1)),)),
    "a tensor on one axis": Action(lorentz(), (64,), (((0,), tensor_power(lorentz(), 2, 1)),)),
    "covectors": Action(SHEAR, (2, 3), (((0,), Dual(Defining(SHEAR))),)),
    "axes apart": Action(SHEAR, (2, 3, 2), (((2, 0), tensor_power(SHEAR, 1, 1)),)),
    "a sum": Action(
        special_orthogonal(3),
        (11,),
        (
            (
                (0,),
                Sum(
                    (
                        Trivial(special_orthogonal(3), 2),
                        Defining(special_orthogonal(3)),
                        Defining(special_orthogonal(3)),
                        Defining(special_orthogonal(3)),
                    )
                ),
            ),
        ),
    ),
    "the dual of a sum": Action(
        SHEAR, (4,), (((0,), Dual(Sum((Defining(SHEAR), Dual(Defining(SHEAR)))))),)
    ),
    "regular": Action(dihedral(3), (6, 2), (((0,), Regular(dihedral(3))),)),
    "pairs of slots": Action(
        symmetric(4), (4, 4), (((0, 1), Product((Defining(symmetric(4)), Defining(symmetric(4))))),)
    ),
    "many slots": Action(symmetric(12), (12, 2), (((0,), Defining(symmetric(12))),)),
    "bodies": Action(
        BODIES,
        (4, 2, 3),
        (((0,), Pulled(BODIES, 1, Defining(symmetric(4)))), ((2,), Pulled(BODIES, 0, Defining(orthogonal(3))))),
    ),
    "the defining matrix of a product": Action(BODIES, (7, 2), (((0,), Defining(BODIES)),)),
    "points": Action(MOTIONS, (5, 2), (((1,), LinearPart(MOTIONS)),), Offset(1)),
    "points under E(3)": Action(
        euclidean(3), (5, 3), (((1,), LinearPart(euclidean(3))),), Offset(1)
    ),
    "a point under E(1)": Action(euclidean(1), (1,), (((0,), LinearPart(euclidean(1))),), Offset(0)),
    "events and energies under Poincare": Action(
        poincare(), (2, 4), (((0, 1), Sum((LinearPart(poincare()), Dual(LinearPart(poincare()))))),),
        Offset(1, ((0, 0),)),
    ),
    "differences of points": Action(MOTIONS, (5, 2), (((1,), LinearPart(MOTIONS)),)),
    "homogeneous coordinates": Action(translations(2), (3,), (((0,), Defining(translations(2))),)),
    "positions in phase space": Action(translations(3), (5, 2, 3), (), Offset(2, at=((1, 0),))),
    "three factors": Action(
        MANY,
        (9, 2, 2),
        (((0,), Pulled(MANY, 1, Defining(symmetric(9)))), ((2,), Pulled(MANY, 2, Defining(cyclic(4))))),
        None,
    ),
    "three factors, points": Action(
        MANY, (9, 2), (((0,), Pulled(MANY, 1, Defining(symmetric(9)))),), Offset(1, factor=0)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIONS)
def test_the_plan_moves_as_the_group_algebra_does(name: str) -> None:
    action = ACTIONS[name]
    array = np.random.default_rng(3).standard_normal((40, *action.shape))
    elements, moved = drawn(action.group, len(array), action, array)
    assert moved is not None
    wanted = np.concatenate([action.apply(g, one[None]) for g, one in zip(elements, array, strict=True)])
    scale = max(1.0, float(np.abs(wanted).max()))
    assert np.max(np.abs(moved - wanted)) <= 1e-10 * scale
    assert np.max(np.abs(moved - array)) > 0.1
