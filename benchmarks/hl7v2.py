"""HL7 v2: reading messages side by side with two libraries, and message in to result out over a real socket.

    python benchmarks/hl7v2.py [messages]

Three tables from one run: what it costs to take the same messages apart here, with python-hl7 and with hl7apy; messages
a second and their times through `cds mllp` on loopback, one process, client on the same machine; and the memory of that
process while 150 senders send a byte now and then. The messages are invented, 2 to 9 kB, all different.
"""

from __future__ import annotations

import asyncio
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

import hl7
from hl7apy.parser import parse_message

from integrations.hl7v2.charset import decode
from integrations.hl7v2.profiles import UNKNOWN
from integrations.hl7v2.reading import read
from integrations.hl7v2.times import day
from integrations.hl7v2.tokens import Message, lines, message

TODAY = day("20261120")
START, END = b"\x0b", b"\x1c\r"
CONNECTIONS, SLOW = 8, 150
HEAD = (
    "MSH|^~\\&|DIPS|SYKEHUS|CDS|ODRISK|20261120101500||ADT^A03^ADT_A03|{id}|P|2.5.1||||||UNICODE UTF-8\r"
    "EVN|A03|20261120101500\rPID|1||4711^^^SYKEHUS^MR||Bjørnøy^Åse||19850301|F\r"
    "PV1|1|I|MED^2^1^SYKEHUS|||||||||||||||||V{id}|||||||||||||||||||||||||20261112|20261120091500\r"
)
REST = (
    "DG1|{n}||F11.2^Opioidavhengighet^ICD-10||20261112|F\r"
    "OBX|{n}|NM|NPU0{n}^Natrium i plasma^NLK||140|mmol/L|137-145||||F|||20261118091500||1234^Lege^Anne\r"
    "NTE|{n}||Pasienten er i bedring og skrives ut til hjemmet; epikrise følger i egen melding til fastlegen.\r"
    "NK1|{n}|Bjørnøy^Kåre|SPO^Ektefelle|Storgata {n}^^Oslo^^0155^NOR|22000000^PRN^PH\r"
)


def invented(kilobytes: int, name: str) -> str:
    """A discharge of about so many kilobytes."""
    text, turn = HEAD.format(id=name), 1
    while len(text.encode()) < kilobytes * 1_000 - 300:
        text += REST.format(n=turn)
        turn += 1
    return text


def milliseconds(call: Callable[[], object], rounds: int) -> float:
    """Processor time of one call, the middle of several."""
    call()
    taken = []
    for _ in range(rounds):
        began = process_time()
        call()
        taken.append((process_time() - began) * 1_000)
    return median(taken)


def tokens(raw: bytes) -> Message:
    """The message taken apart as the service does."""
    decoded = decode(raw)
    return message(lines(decoded.text), decoded.charset, 5_000)


def parsers(write: Callable[[str], object]) -> None:
    """The first table."""
    write(f"{'kB':>4}{'segments':>10}{'here ms':>10}{'and mapped':>12}{'python-hl7':>12}{'hl7apy':>10}{'ratios':>18}\n")
    assert TODAY is not None
    for kilobytes in (2, 5, 9):
        text = invented(kilobytes, "B1")
        raw = text.encode()
        own = milliseconds(lambda: [tokens(raw) for _ in range(20)], 15) / 20  # noqa: B023 - called at once
        mapped = milliseconds(lambda: read(tokens(raw), UNKNOWN, TODAY), 40)  # noqa: B023
        theirs = milliseconds(lambda: hl7.parse(text), 15)  # noqa: B023
        objects = milliseconds(lambda: parse_message(text, find_groups=False), 3)  # noqa: B023
        ratios = f"1 : {theirs / own:.0f} : {objects / own:.0f}"
        write(
            f"{kilobytes:>4}{text.count(chr(13)):>10}{own:>10.3f}{mapped:>12.2f}{theirs:>12.2f}{objects:>10.1f}{ratios:>18}\n"
        )


async def client(port: int, messages: list[bytes], times: list[float]) -> None:
    """One connection: a message, its acknowledgement, its result, the next message."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    for raw in messages:
        began = perf_counter()
        writer.write(START + raw + END)
        assert b"MSA|AA" in await reader.readuntil(END)
        result = await reader.readuntil(END)
        times.append(perf_counter() - began)
        own_id = result.split(b"|", 10)[9]
        writer.write(START + b"MSH|^~\\&|||||2026||ACK|1|P|2.5.1\rMSA|AA|" + own_id + b"\r" + END)
    writer.close()


async def slowly(port: int, process: int, write: Callable[[str], object]) -> None:
    """The third table."""
    before = resident(process)
    senders = [await asyncio.open_connection("127.0.0.1", port) for _ in range(SLOW)]
    times: list[float] = []
    for _, writer in senders:
        writer.write(START + HEAD.format(id="SLOW").encode()[:100])
    for turn in range(5):
        for _, writer in senders:
            writer.write(b"x")
        await client(port, [invented(2, f"T{turn}").encode()], times)
    write(f"\n{SLOW} slow senders: {before:.0f} MB before, {resident(process):.0f} MB with them; ")
    write(f"an ordinary message meanwhile {median(times) * 1_000:.1f} ms\n")
    for _, writer in senders:
        writer.close()


def resident(process: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1_024


def processor(process: int) -> float:
    """Processor time of a process in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def through(port: int, process: int, count: int, write: Callable[[str], object]) -> None:
    """The second and third tables."""
    every = [invented(2 + number % 8, f"M{number}").encode() for number in range(count)]
    await client(port, [invented(2, f"W{number}").encode() for number in range(20)], [])
    for connections in (1, CONNECTIONS):
        times: list[float] = []
        again = [raw.replace(b"|M", f"|C{connections}M".encode(), 1) for raw in every]
        began, spent = perf_counter(), processor(process)
        await asyncio.gather(*(client(port, again[number::connections], times) for number in range(connections)))
        rate = len(again) / (perf_counter() - began)
        each = (processor(process) - spent) * 1_000 / len(again)
        p99 = quantiles(times, n=100)[98] * 1_000
        write(f"{connections:>4} connections: {rate:>5.0f} messages/s, p50 {median(times) * 1_000:.1f} ms, ")
        write(f"p99 {p99:.1f} ms; {each:.2f} ms of processor time a message\n")
    write("     target: 300 messages/s, p99 below 100 ms at 8 connections\n")
    await slowly(port, process, write)


def main(count: int = 800) -> None:
    """Print the tables."""
    write = sys.stdout.write
    moment = datetime.now(UTC)  # noqa: TID251 - a measurement says when it was made
    load = os.getloadavg()[0]
    write(f"{moment:%Y-%m-%d} · {os.cpu_count()} cores, load {load:.1f} · Python {platform.python_version()}\n\n")
    parsers(write)
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "CDS_HL7_KEY": f"{folder}/key",
            "CDS_HL7_MAX_CONNECTIONS_PER_PEER": "200",
            "CDS_HL7_FRAME_SECONDS": "60",
        }
        command = [sys.executable, "-m", "cds.cli", "mllp", "--port", "0"]
        with subprocess.Popen(  # noqa: S603 - our own command
            command, env=os.environ | settings, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as process:
            try:
                assert process.stderr is not None
                port = int(process.stderr.readline().split(":")[-1].split()[0])
                write("\n")
                asyncio.run(through(port, process.pid, count, write))
            finally:
                process.terminate()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
