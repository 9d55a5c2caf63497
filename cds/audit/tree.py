"""The Merkle tree of RFC 6962 (section 2.1; the same in RFC 9162): hashes, roots, inclusion and consistency proofs.

Written here, though libraries exist, because a verifier that is wrong fails open: this one is short enough to be read
whole. The tests hold it against pymerkle and against the vectors published with Certificate Transparency.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""
Subtree = Callable[[int, int], bytes]
"""The root over the leaves from the first to before the second place."""


class BadProof(ValueError):
    """A proof does not show what it is offered for."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry; its prefix keeps an entry from passing for a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: all that is needed to add leaves and to know the root. At most 64 hashes.

    `roots` are those of the whole subtrees from left to right, one for each bit that is set in `size`.
    """

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)
        if len(self.roots) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} whole subtrees")

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        size, roots = self.size, self.roots
        while size & 1:
            leaf = node_hash(roots.pop(), leaf)
            size >>= 1
        roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over everything added."""
        if not self.roots:
            return EMPTY
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root

    def as_bytes(self) -> bytes:
        """The subtrees' roots, one after the other."""
        return b"".join(self.roots)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Frontier:
        """Read `as_bytes`. Raises ValueError where it cannot be the edge of a tree of that size."""
        if len(data) % HASH_BYTES:
            raise ValueError("not whole hashes")
        return cls(size, (data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over hashes of leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def over(leaves: Sequence[bytes]) -> Subtree:
    """Subtrees of leaves that are all at hand."""
    return lambda first, end: root_of(leaves[first:end])


def _left_part(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(index: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """The proof that a leaf stands at `index` of a tree of `size` leaves. Raises ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _left_part(end - first)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(first, middle))
            first = middle
    return tuple(reversed(path))


def consistency(old: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """The proof that the first `old` leaves of a tree of `size` were the whole tree before. Raises ValueError."""
    if not 0 < old <= size:
        raise ValueError("no such earlier tree")
    path: list[bytes] = []
    first, end, whole = 0, size, True
    while old != end:
        middle = first + _left_part(end - first)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(first, middle))
            first, whole = middle, False
    if not whole:
        path.append(subtree(first, end))
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise BadProof unless the proof leads from the leaf to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        raise BadProof("no such leaf")
    at, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise BadProof("longer than the tree is high")
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            found = node_hash(found, step)
        at >>= 1
        last >>= 1
    if last != 0 or found != root:
        raise BadProof("does not lead to the root")


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise BadProof unless the tree of `old` leaves is the beginning of that of `size` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        raise BadProof("no such earlier tree")
    if old == size:
        if proof or old_root != root:
            raise BadProof("two trees of one size differ")
        return
    steps = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not steps:
        raise BadProof("empty")
    at, last = old - 1, size - 1
    while at & 1:
        at >>= 1
        last >>= 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise BadProof("longer than the tree is high")
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            after = node_hash(after, step)
        at >>= 1
        last >>= 1
    if last != 0 or before != old_root or after != root:
        raise BadProof("the earlier tree is not the beginning of this one")
