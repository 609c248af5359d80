"""What is read about this machine."""

from foldaway.backends.cpu.processor import cache_sizes, this_processor


def test_sizes_make_sense():
    machine = this_processor()
    assert machine.vector_bytes in (16, 32, 64)
    assert machine.vector_registers in (16, 32)
    assert 4096 <= machine.first_cache <= machine.second_cache <= machine.last_cache


def test_caches_for_data_are_read_by_level(tmp_path):
    entries = [("1", "Data", "48K"), ("1", "Instruction", "32K"), ("2", "Unified", "2M")]
    for number, values in enumerate(entries):
        folder = tmp_path / f"index{number}"
        folder.mkdir()
        for name, value in zip(("level", "type", "size"), values, strict=True):
            (folder / name).write_text(value + "\n")
    assert cache_sizes(tmp_path) == {1: 48 << 10, 2: 2 << 20}


def test_a_system_that_says_nothing_has_no_sizes(tmp_path):
    (tmp_path / "index0").mkdir()
    assert cache_sizes(tmp_path) == {}
    assert cache_sizes(tmp_path / "missing") == {}
