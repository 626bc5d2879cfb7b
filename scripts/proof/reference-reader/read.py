"""Reads each <name>.safetensors of a folder with the reference implementation, and compares it with <name>.json."""

import json
import sys
from pathlib import Path

try:
    import numpy
    import safetensors
    from safetensors import safe_open
    from safetensors.numpy import load_file
except ImportError as error:
    print(f'skipped: this Python has no {error.name} (pip install safetensors numpy)')
    sys.exit(0)

CHECKSUMS = 'keepfit.crc32'


def differences(path: Path, expected: dict) -> list[str]:
    """What is wrong in one file, in words."""
    found = load_file(path)
    wrong = [f'{name} is missing' for name in expected.keys() - found.keys()]
    wrong += [f'{name} is not expected' for name in found.keys() - expected.keys() - {CHECKSUMS}]
    for name in expected.keys() & found.keys():
        value, wanted = found[name], expected[name]
        if str(value.dtype) != wanted['dtype']:
            wrong.append(f"{name} has the type {value.dtype}, not {wanted['dtype']}")
        if list(value.shape) != wanted['shape']:
            wrong.append(f"{name} has the shape {list(value.shape)}, not {wanted['shape']}")
        if value.astype(value.dtype.newbyteorder('<')).tobytes().hex() != wanted['hex']:
            wrong.append(f'{name} has other bytes')
    if found[CHECKSUMS].dtype != numpy.uint32 or found[CHECKSUMS].shape != (len(expected) + 1,):
        wrong.append(f'{CHECKSUMS} must be one uint32 for the header and for each tensor')
    with safe_open(path, 'numpy') as file:
        metadata = file.metadata()
    if metadata.get('format') != 'keepfit' or 'state' not in json.loads(metadata['keepfit']):
        wrong.append('the metadata must say format "keepfit" and have a state')
    return [f'{path.name}: {line}' for line in sorted(wrong)]


def main(folder: Path) -> int:
    tensors, wrong = 0, []
    expectations = sorted(folder.glob('*.json'))
    for path in expectations:
        expected = json.loads(path.read_text(encoding='utf-8'))
        tensors += len(expected)
        wrong += differences(path.with_suffix('.safetensors'), expected)
    if not tensors:
        wrong.append(f'{folder} has nothing to compare')
    for line in wrong:
        print(line)
    python = '.'.join(str(part) for part in sys.version_info[:3])
    versions = f'safetensors {safetensors.__version__}, numpy {numpy.__version__}, Python {python}'
    verdict = f'{len(wrong)} differences' if wrong else 'name, type, shape and bytes are the same'
    print(f'{tensors} tensors of {len(expectations)} files: {verdict} ({versions})')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(Path(sys.argv[1])))
