"""What the channel counts. Labels are our own words: kinds, codes and configured names, never a text of a message."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class Counts:
    """Counters of the HL7 v2 channel, in the registry of the service."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.messages = Counter(
            "cds_hl7_messages", "Messages by configured sender, event and acknowledgement", ["sender", "event", "code"],
            registry=registry,
        )  # fmt: skip
        self.problems = Counter(
            "cds_hl7_problems", "Errors and warnings by code", ["code", "severity"], registry=registry
        )
        self.not_used = Counter(
            "cds_hl7_not_used", "Parts of messages not used, by reason", ["reason"], registry=registry
        )
        self.repeated = Counter(
            "cds_hl7_repeated", "Same message again, or same MSH-10 with another", ["what"], registry=registry
        )
        self.results = Counter("cds_hl7_results", "Results by what became of them", ["outcome"], registry=registry)
        self.frames = Counter("cds_hl7_frames", "Frames that were cut off, by reason", ["reason"], registry=registry)
        self.refused = Counter("cds_hl7_refused_connections", "Connections over a limit", ["limit"], registry=registry)
        self.connections = Gauge("cds_hl7_connections", "Open connections", registry=registry)
