"""Many small files over one connection: all of one size, and a real tree."""

import os

from Bench.contenders.nginx import Nginx
from Bench.contenders.rsync import Rsync
from Bench.contenders.ssh import Sftp
from Bench.contenders.vsftpd import LftpToVsftpd
from Bench.contenders.xfer import LAZY, Xfer
from Bench.fixtures import sources
from Bench.instruments.rounds import Entry, measure


CASE = "small"


def contenders(options):
    few = [
        Xfer(options.programs, "xfer, as by default"),
        Xfer(options.programs, "xfer, lazy", *LAZY),
        Rsync("rsync"),
        Rsync("rsync --fsync", "--fsync"),
        Nginx(),
    ]
    return few if options.quick else few + [Sftp(), LftpToVsftpd()]


def compare_all(source, scenario, options):
    directory = os.path.join(options.work, os.path.basename(source.directory) + "-runs")
    entries = [Entry(contender, source) for contender in contenders(options)]
    return measure(CASE, scenario, entries, options.rounds, directory)


def run(options):
    count = 1_000 if options.quick else 10_000
    same = sources.uniform(os.path.join(options.work, "uniform"), count, 4096, per_directory=100)
    results = compare_all(same, f"{count:,} files of 4 KiB", options)
    if not options.quick:
        tree = sources.real(os.path.join(options.work, "tree"))
        megabytes = round(tree.bytes / 1e6)
        about = f"a real tree: {len(tree.names):,} files, {megabytes} MB, of /usr/share and /usr/lib"
        results += compare_all(tree, about, options)
    return results
