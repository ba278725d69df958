"""Every number that bounds the system, with its reason. Sizes in bytes unless the name says so."""

from __future__ import annotations

VOLUME_FRAMES = 64
"""Frames in one volume: an OCFL inventory is copied per version, 64 copies sum to under 1 MB."""

VOLUME_OCFL_VERSIONS = 128
"""A resource that flips between old states adds lines without frames; this bounds inventories."""

PATCH_STRIDES = (32, 8, 1)
"""Position p is patched against p - s for the largest s dividing p: a restore reads <= 12 frames."""

PATCH_MAX_BYTES = 1 << 30
"""Above this the prefix and the source would not fit in memory together; frames are full."""

STREAM_BYTES = 300 << 20
"""Above this an original is never in memory whole; below, memory stays under 1.5 GB (engine.md 0.1)."""

MAPPED_BYTES = 4 << 20
"""From here to the above an original in a file of ours is mapped and not read: reading costs more
than it saves to have the bytes in memory of our own."""

BATCH_BYTES = 96 << 20
"""Text that is taken in at once: many small versions are cheap so (engine.md 1.2), and memory is
bounded. Of tables with short cells 256 MB took 1.8 GB, 128 up to 1.55, this 1.3 (320 versions of
8,000 rows)."""

LISTING_BYTES = 16 << 20
"""A portal's listing above it is read from its file, and its rows are gone through in parts: the
largest catalogs have hundreds of megabytes, and each is looked at every day."""

LISTING_PATCH_BYTES = 64 << 20
"""So much a listing and the one before it may have together to be patched: a patch takes some four
times as much memory, and a portal's listing is kept in under 300 MB."""

STREAM_WINDOW_LOG = 27
"""Window of a streamed frame: 128 MB is what its maker and its reader need of memory."""

LISTING_WINDOW_LOG = 23
"""Window of a listing's: 8 MB cost a fiftieth of the bytes of real listings, and `zstd -d` asks for
no more without being told (RFC 8878, 3.1.1.1.2)."""

SMALL_FRAME_BYTES = 8 << 20
"""Up to here level 12 costs little and long-distance matching may lose; both are tried."""

PATCH_PREFIX_MIN_BYTES = 8
"""libzstd refuses a shorter prefix; an empty JSON `[]` is a real version in two histories."""

PATCH_WORTH_SHARE = 0.12
"""A patch above this share of the original is weighed against a full frame."""

COPY_STEP_BYTES = 1 << 20
"""Step in which files are copied, hashed, decoded and compared."""

WRITE_BYTES = 64 << 10
"""Piece in which large files are written: half the time of 1 MB on a virtual machine."""

LOOK_STEP_BYTES = 256 << 10
"""Step in which a file is looked through: it stays in the processor's cache, and the memory for it
is had already; a new one of 4 MB costs the kernel a thousand pages each time."""

PREFIX_MEMORY_BYTES = 96 << 20
"""Originals held in memory as patch prefixes during one run; larger ones come from the cache."""

OCFL_INVENTORY_BYTES = 128 << 20
"""An inventory is parsed in memory, ten times its size; ours stay under 1 MB, a million files need 100."""

OCFL_SIDECAR_BYTES = 8 << 10
"""A digest file is one line of under 200 bytes; a longer one is no digest file."""

OCFL_ENTRIES = 5_000_000
"""Files and folders looked at in one object or storage root: names in memory, about 1 GB."""

OCFL_BREACHES = 1_000
"""Findings listed of one object; a person acts on the first dozen, the rest are counted."""

DESTRUCTION_WAITS_DAYS = 14
"""So long a destruction that one person asked for waits for another: two weeks outlast a holiday, and
what nobody confirms by then was not wanted."""

VANISHED_ABSENCES = 3
"""Complete listings without a member before it counts as vanished: one or two may be a slip."""

VANISHED_DAYS = 7
"""Over at least so many days: it outlasts a long weekend, and udata waits as long."""

SUSPECT_FLOOR = 5
"""So many may be lost or swapped in one step of a small portal before its listing is suspect."""

SUSPECT_SHARE = 0.20
"""Share of the last accepted listing; 46 of 2,044 recorded listings were empty, 3 dates re-keyed all."""

UNSTABLE_SHARE = 0.10
"""Share swapped at a constant count: a cut feed swapped 12 to 43 %, honest monthly change under 5 %."""

SUSPECT_CHECKS = 3
"""A suspect listing is believed when two more checks show the same, as a surprising version is."""

SUSPECT_DAYS = 3
"""Days that those checks must span."""

SUSPECT_EMPTY_DAYS = 60
"""For an empty listing: a county's feed was empty, and valid, for up to 56 days, and came back whole."""

DOUBT_CANDIDATES = 10
"""Older members named in one doubt; a title that more of them share is no evidence."""

FORM_BYTES = 64_000
"""The form to the library: its longest texts in percent signs fit twice. Of anything longer that is
sent to the site no byte is read."""

ANSWER_BYTES = 1 << 30
"""An answer to SQL that is handed over whole: more does not fit into the memory of a small machine.
The command line hands over row by row and has no such limit."""
