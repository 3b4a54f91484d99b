"""What the reference page states on ties, singular points and layouts, number by number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symdsl.plan.builder import MethodBuilder
from symdsl.plan.derivatives import pull_back
from symdsl.plan.errors import PlanError
from symdsl.plan.interpret import interpret
from symdsl.plan.nodes import ArrayType, DType, Module


def evaluate(operation: str, *operands: Any, batched: tuple[int, ...] = (), **attributes: Any) -> list[NDArray[Any]]:
    """The results of one operation; operands listed in `batched` have a leading batch axis."""
    builder = MethodBuilder("forward")
    arrays = [np.asarray(operand) for operand in operands]
    values = []
    for k, array in enumerate(arrays):
        dtype: DType = {"f": "real", "i": "integer", "b": "boolean"}[array.dtype.kind]
        type = ArrayType(array.shape[1:] if k in batched else array.shape, dtype, k in batched)
        values.append(builder.argument(f"x{k}", type))
    for k, result in enumerate(builder.add_many(operation, *values, **attributes)):
        builder.output(f"y{k}", result)
    return list(interpret(Module("Row", "", ()), builder.build(), arrays, {}, {})[0])


def gradient(operation: str, *operands: list[Any], **attributes: Any) -> list[NDArray[Any]]:
    """The gradients of the sum of the result."""
    builder = MethodBuilder("forward")
    arrays = [np.asarray(operand, dtype=np.float64) for operand in operands]
    values = [builder.argument(f"x{k}", ArrayType(array.shape)) for k, array in enumerate(arrays)]
    result = builder.add(operation, *values, **attributes)
    found = pull_back([result], [result.apply("full_like", value=1.0)], values)
    for k, (one, value) in enumerate(zip(found, values, strict=True)):
        builder.output(f"d{k}", builder.zeros_like(value) if one is None else one)
    return list(interpret(Module("Row", "", ()), builder.build(), arrays, {}, {})[0])


@pytest.mark.parametrize(
    ("operation", "point", "slope"),
    [
        ("relu", 0.0, 0.0),
        ("step", 0.0, 0.0),
        ("absolute", 0.0, 0.0),
        ("elu", 0.0, 0.7),
        ("acos", 1.0, -1.0 / np.sqrt(1e-12 * (2 - 1e-12))),
        ("acos", -1.5, -1.0 / np.sqrt(1e-12 * (2 - 1e-12))),
    ],
)
def test_slopes_at_singular_points(operation: str, point: float, slope: float) -> None:
    attributes = {"alpha": 0.7} if operation == "elu" else {}
    np.testing.assert_allclose(gradient(operation, [point], **attributes)[0], [slope], rtol=1e-12)


def test_origin_of_norm_and_angle() -> None:
    assert evaluate("norm", [0.0, 0.0], axes=0)[0] == 0.0
    np.testing.assert_array_equal(gradient("norm", [0.0, 0.0], axes=0)[0], [0.0, 0.0])
    np.testing.assert_array_equal(evaluate("atan2", [0.0, -0.0, 0.0], [-0.0, 0.0, -1.0])[0], [0.0, 0.0, np.pi])
    for one in gradient("atan2", [0.0], [0.0]):
        np.testing.assert_array_equal(one, [0.0])


def test_ties_share_the_gradient() -> None:
    np.testing.assert_allclose(gradient("max", [2.0, 1.0, 2.0], axes=0)[0], [0.5, 0.0, 0.5])
    np.testing.assert_allclose(gradient("min", [2.0, 1.0, 1.0], axes=0)[0], [0.0, 0.5, 0.5])
    for one in gradient("maximum", [1.0], [1.0]):
        np.testing.assert_allclose(one, [0.5])


def test_max_pool_gives_a_tie_to_the_first() -> None:
    image = [[[1.0, 1.0], [1.0, 0.0]]]
    np.testing.assert_array_equal(gradient("max_pool", image, size=2, stride=2)[0], [[[1.0, 0.0], [0.0, 0.0]]])
    assert evaluate("argmax", [1.0, 3.0, 3.0], axis=0)[0] == 1


def test_pools_at_the_padding() -> None:
    image = [[[-1.0, -2.0], [-3.0, -4.0]]]
    geometry = {"size": 2, "stride": 2, "padding": 1}
    np.testing.assert_array_equal(evaluate("max_pool", image, **geometry)[0], image)
    np.testing.assert_allclose(evaluate("average_pool", image, **geometry)[0], np.asarray(image) / 4)


def test_convolution_is_cross_correlation() -> None:
    image, weight = np.arange(9.0).reshape(1, 3, 3), np.asarray([[[[1.0, 0.0], [0.0, -2.0]]]])
    expected = [[[0 - 8.0, 1 - 10.0], [3 - 14.0, 4 - 16.0]]]
    np.testing.assert_array_equal(evaluate("convolution", image, weight)[0], expected)
    last = evaluate("convolution", np.moveaxis(image, 0, -1), weight.transpose(2, 3, 1, 0), layout="channels_last")[0]
    np.testing.assert_array_equal(np.moveaxis(last, -1, 0), expected)


def test_convolution_weight_sums_over_the_batch() -> None:
    generator = np.random.default_rng(0)
    x, g = generator.standard_normal((3, 2, 5, 5)), generator.standard_normal((3, 4, 3, 3))
    (whole,) = evaluate("convolution_weight", x, g, batched=(0, 1), size=3)
    parts = [evaluate("convolution_weight", one, other, size=3)[0] for one, other in zip(x, g, strict=True)]
    np.testing.assert_allclose(whole, np.sum(parts, axis=0), rtol=1e-12)


def test_batch_norm_shares_statistics_among_copies() -> None:
    """Channel = copy * fields + field; y by the biased variance, the returned variance unbiased."""
    generator = np.random.default_rng(0)
    x = 300.0 + generator.standard_normal((5, 6, 4, 3))
    y, mean, variance = evaluate("batch_norm", x, [2.0, 3.0], [0.5, -1.0], batched=(0,), fields=2)
    split = x.reshape(5, 3, 2, 4, 3)
    np.testing.assert_allclose(mean, split.mean(axis=(0, 1, 3, 4)), rtol=1e-12)
    np.testing.assert_allclose(variance, split.var(axis=(0, 1, 3, 4), ddof=1), rtol=1e-10)
    normal = (y.reshape(split.shape)[:, :, 1] + 1.0) / 3.0
    assert abs(normal.mean()) < 1e-10
    assert abs(normal.var() - 1.0) < 1e-4


def test_take_and_put_are_transposes_and_check_their_range() -> None:
    x, index = np.arange(6.0).reshape(2, 3), np.asarray([[2, 0], [2, 2]])
    (taken,) = evaluate("take", x, index, axis=1)
    np.testing.assert_array_equal(taken, x[:, index])
    (back,) = evaluate("put", np.ones((2, 2, 2)), index, axis=1, size=4)
    np.testing.assert_array_equal(back, [[1.0, 0.0, 3.0, 0.0]] * 2)
    with pytest.raises(PlanError, match=r"outside 0\.\.2"):
        evaluate("take", x, np.asarray([3]), axis=1)
    with pytest.raises(PlanError, match=r"outside 0\.\.2"):
        evaluate("put", x, np.asarray([0, -1, 0]), axis=1, size=3)


def test_segments_without_entries_are_zero() -> None:
    labels, entries = np.asarray([2, 2, 0]), [-3.0, -1.0, -2.0]
    largest, total = (evaluate(f"segment_{kind}", entries, labels, axis=0, count=4)[0] for kind in ("max", "sum"))
    np.testing.assert_array_equal(largest, [-2.0, 0.0, -1.0, 0.0])
    np.testing.assert_array_equal(total, [-2.0, 0.0, -4.0, 0.0])


def test_factorisations_read_the_lower_triangle() -> None:
    matrix = np.asarray([[4.0, 99.0], [1.0, 3.0]])
    symmetric = np.asarray([[4.0, 1.0], [1.0, 3.0]])
    (factor,) = evaluate("cholesky", matrix)
    np.testing.assert_allclose(factor @ factor.T, symmetric)
    values, vectors = evaluate("eigh", matrix)
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, symmetric)


def test_singular_matrices_give_nan() -> None:
    assert np.isnan(evaluate("solve", np.zeros((2, 2)), np.ones((2, 1)))[0]).all()
    assert np.isnan(evaluate("inverse", np.zeros((2, 2)))[0]).all()
    assert np.isnan(evaluate("cholesky", -np.eye(2))[0]).all()


def test_large_arguments_do_not_overflow() -> None:
    np.testing.assert_allclose(evaluate("softplus", [-800.0, 20.5, 800.0])[0], [0.0, np.logaddexp(20.5, 0), 800.0])
    np.testing.assert_allclose(evaluate("softmax", [1000.0, 1000.0], axis=0)[0], [0.5, 0.5])
    np.testing.assert_allclose(evaluate("logsumexp", [-1000.0, -1000.0], axes=0)[0], -1000.0 + np.log(2.0))


@pytest.mark.parametrize(
    ("operation", "shapes", "attributes"),
    [
        ("add", [(2, 3), (3,)], {}),
        ("add", [(2,), (3,)], {}),
        ("linear", [(3,), (4, 2)], {}),
        ("einsum", [(3,), (4, 2)], {"subscripts": "i,oi->o"}),
        ("einsum", [(3,)], {"subscripts": "i->ij"}),
        ("einsum", [(3,)], {"subscripts": "i"}),
        ("convolution", [(2, 5, 5), (3, 1, 3, 3)], {}),
        ("convolution", [(2, 5, 5), (3, 2, 6, 3)], {}),
        ("convolution_input", [(3, 4, 4), (3, 2, 3, 3)], {"size": (5, 5)}),
        ("max_pool", [(2, 4, 4)], {"size": 2, "stride": 2, "padding": 2}),
        ("transpose", [(2, 3)], {"permutation": (0, 0)}),
        ("split", [(2, 6)], {"axis": 1, "sizes": (4, 2)}),
        ("slice", [(3,)], {"axis": 0, "start": 1, "stop": 4}),
        ("squeeze", [(2, 3)], {"axis": 0}),
        ("broadcast", [(2, 3)], {"shape": (2, 4)}),
        ("concatenate", [(2, 3), (3, 3)], {"axis": 1}),
        ("solve", [(3, 3), (3,)], {}),
        ("inverse", [(2, 3)], {}),
        ("batch_sum", [(2,)], {}),
        ("dropout", [(3,), (3,)], {"rate": 1.0}),
        ("batch_norm", [(4, 3), (2,), (2,)], {"fields": 2}),
        ("layer_norm", [(4, 3), (4,), (4,)], {"axes": 1}),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    operation: str, shapes: list[tuple[int, ...]], attributes: dict[str, Any]
) -> None:
    builder = MethodBuilder("forward")
    operands = [builder.argument(f"x{k}", ArrayType(shape)) for k, shape in enumerate(shapes)]
    with pytest.raises(PlanError):
        builder.add(operation, *operands, **attributes)
