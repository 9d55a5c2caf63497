"""The Merkle tree: pymerkle and the published vectors are the oracles, and no altered proof is believed."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from cds.audit.rows import BLOCK
from cds.audit.tree import (
    EMPTY,
    BadProof,
    Frontier,
    consistency,
    inclusion,
    leaf_hash,
    over,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The inputs and roots with which Certificate Transparency's own implementations are tested.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]
MANY = [leaf_hash(str(number).encode()) for number in range(70)]


def oracle(size: int) -> InmemoryTree:
    """pymerkle over the same leaves."""
    tree = InmemoryTree(algorithm="sha256")
    for number in range(size):
        tree.append_entry(str(number).encode())
    return tree


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_the_published_ones(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_its_root() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([]) == EMPTY


def test_the_published_proofs_are_those_made_here() -> None:
    paths = {
        (0, 8): [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
        (5, 8): [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
        (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    }
    for (index, size), path in paths.items():
        assert [step.hex() for step in inclusion(index, size, over(LEAVES))] == path
    assert [step.hex() for step in consistency(6, 8, over(LEAVES))] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 64, 70])
def test_roots_and_inclusion_proofs_are_those_of_pymerkle(size: int) -> None:
    tree = oracle(size)
    assert root_of(MANY[:size]) == tree.get_state()
    for index in range(size):
        theirs = [base64.b16decode(step, casefold=True) for step in tree.prove_inclusion(index + 1).serialize()["path"]]
        assert [MANY[index], *inclusion(index, size, over(MANY))] == theirs


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_every_leaf_is_proved_to_be_where_it_is_and_nowhere_else(where: tuple[int, int]) -> None:
    index, size = where
    root, proof = root_of(MANY[:size]), inclusion(index, size, over(MANY))
    verify_inclusion(MANY[index], index, size, proof, root)
    for other in {0, index - 1, index + 1, size - 1, size} - {index}:
        with pytest.raises(BadProof):
            verify_inclusion(MANY[index], other, size, proof, root)
    with pytest.raises(BadProof):
        verify_inclusion(MANY[index - 1] if size > 1 else EMPTY, index, size, proof, root)


@given(st.integers(1, 70).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size))))
def test_every_earlier_tree_is_proved_to_be_the_beginning(sizes: tuple[int, int]) -> None:
    old, size = sizes
    before, after = root_of(MANY[:old]), root_of(MANY[:size])
    proof = consistency(old, size, over(MANY))
    verify_consistency(old, size, before, after, proof)
    other = root_of([*MANY[: old - 1], EMPTY])
    with pytest.raises(BadProof):
        verify_consistency(old, size, other, after, proof)


def altered(proof: Sequence[bytes]) -> list[list[bytes]]:
    """Every way to damage a proof a little."""
    ways = [[*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]] for at in range(len(proof))]
    ways += [[*proof[:at], *proof[at + 1 :]] for at in range(len(proof))]
    ways += [[*proof, proof[-1] if proof else EMPTY], [EMPTY, *proof]]
    return ways + ([list(reversed(proof))] if len(set(proof)) > 1 else [])


@settings(max_examples=60)
@given(st.integers(2, 70).flatmap(lambda size: st.tuples(st.integers(1, size - 1), st.just(size))))
def test_no_altered_proof_is_believed(sizes: tuple[int, int]) -> None:
    at, size = sizes
    before, after = root_of(MANY[:at]), root_of(MANY[:size])
    for proof in altered(inclusion(at, size, over(MANY))):
        with pytest.raises(BadProof):
            verify_inclusion(MANY[at], at, size, proof, after)
    for proof in altered(consistency(at, size, over(MANY))):
        with pytest.raises(BadProof):
            verify_consistency(at, size, before, after, proof)


def test_a_node_cannot_pass_for_an_entry() -> None:
    left, right = MANY[:2]
    assert leaf_hash(left + right) != root_of(MANY[:2])


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_tree_grows_from_its_edge(first: int, more: int) -> None:
    grown = Frontier()
    for leaf in MANY[:first]:
        grown.append(leaf)
    kept = Frontier.from_bytes(first, grown.as_bytes())
    for leaf in MANY[:more]:
        kept.append(leaf)
    assert kept.root() == root_of([*MANY[:first], *MANY[:more]])


@pytest.mark.parametrize(("size", "data"), [(1, b""), (0, bytes(32)), (3, bytes(32)), (1, bytes(31))])
def test_what_is_no_edge_is_refused(size: int, data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        Frontier.from_bytes(size, data)


@pytest.mark.parametrize("sizes", [(0, 5), (6, 5), (-1, 5)])
def test_there_is_no_proof_outside_the_tree(sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        consistency(*sizes, over(MANY))
    with pytest.raises(BadProof):
        verify_consistency(*sizes, EMPTY, EMPTY, [])
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        inclusion(sizes[1], sizes[1], over(MANY))


def test_a_block_is_a_whole_subtree() -> None:
    assert BLOCK.bit_count() == 1
