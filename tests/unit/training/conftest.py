"""The trainers that the tests share."""

from collections.abc import Iterator

import pytest

from tests.unit.training.linear_classifier import Trainer


@pytest.fixture(scope="session", autouse=True)
def compiled_programs_are_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Most of these tests train the same model again, and to compile it is most of their time."""
    import jax

    kept = {
        "jax_compilation_cache_dir": str(tmp_path_factory.mktemp("compiled")),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
        "jax_persistent_cache_min_entry_size_bytes": -1,
    }
    before = {name: getattr(jax.config, name) for name in kept}
    for name, value in kept.items():
        jax.config.update(name, value)
    yield
    for name, value in before.items():
        jax.config.update(name, value)


@pytest.fixture(params=["torch", "jax"])
def trainer(request):
    return Trainer(request.param)


@pytest.fixture
def torch_trainer():
    return Trainer("torch")
