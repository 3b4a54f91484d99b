"""The group algebra needs NumPy alone."""

import subprocess
import sys


def test_groups_load_neither_scipy_nor_a_framework() -> None:
    program = (
        "import sys\n"
        "import symdsl.groups.descriptions, symdsl.groups.maps.constraints\n"
        "import symdsl.groups.maps.dimension, symdsl.groups.representations.homomorphism\n"
        "print(sorted({'scipy', 'torch', 'jax', 'networkx'} & set(sys.modules)))\n"
    )
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"
