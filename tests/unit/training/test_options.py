import pytest

from symdsl.check.training_options import TrainingOptions
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.training.options import read_options, recorded_options


def test_options_of_the_command_win_over_those_of_the_spec():
    options = read_options({"epochs": 5, "batch": 32, "split": [0.5, 0.25, 0.25]}, {"epochs": 7})
    assert (options.epochs, options.batch, options.split) == (7, 32, (0.5, 0.25, 0.25))
    assert read_options({"batch": "full"}).batch_size(1000) == 1000
    assert read_options({}).batch_size(1000) == 128


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ({"epoch": 3}, "SYM0205"),
        ({"epochs": 0}, "SYM0502"),
        ({"epochs": "many"}, "SYM0502"),
        ({"optimiser": "adamm"}, "SYM0502"),
        ({"learning_rate": float("nan")}, "SYM0502"),
        ({"batch": "half"}, "SYM0502"),
        ({"momentum": 1.0}, "SYM0502"),
        ({"split": [0.5, 0.5]}, "SYM1203"),
    ],
)
def test_bad_options(stated, code):
    with pytest.raises(SymdslError, match=code):
        read_options(stated)


def test_all_unknown_options_are_told_with_what_was_meant():
    with pytest.raises(SymdslError) as caught:
        read_options({"epoch": 3, "optimizer": "adam"})
    assert [fault.hint for fault in caught.value.diagnostics] == ["did you mean `epochs`?", "did you mean `optimiser`?"]
    assert caught.value.exit_code == 1
    with pytest.raises(SymdslError) as caught:
        read_options({}, {"epoch": 3})
    assert caught.value.exit_code == 2


def test_evaluations_about_fifty_times_a_run():
    assert TrainingOptions(epochs=2000).evaluation_period == 40
    assert TrainingOptions(epochs=30).evaluation_period == 1
    assert TrainingOptions(epochs=30, evaluate_every=7).checkpoint_period == 7


def test_options_of_an_optimiser_or_a_schedule_need_it():
    for stated in ({"momentum": 0.5}, {"alpha": 0.5}, {"optimiser": "sgd", "beta": [0.9, 0.99]}, {"decay": 0.5}):
        with pytest.raises(SymdslError, match="SYM0513"):
            read_options(stated)
    # a command that chooses another optimiser leaves what the spec says of its own aside
    assert read_options({"optimiser": "sgd", "momentum": 0.5}, {"optimiser": "adam"}).momentum == 0.5


def test_what_a_manifest_holds_is_read_without_judging_it():
    options = TrainingOptions(optimiser="sgd", beta=(0.5, 0.6))
    assert recorded_options(options.model_dump(mode="json")) == options
    with pytest.raises(SymdslError, match="SYM0901"):
        recorded_options({"epochs": 0})
