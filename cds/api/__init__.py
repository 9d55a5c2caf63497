"""The REST interface. FastAPI appears here, in `cds.web` and in the edge files of `integrations`, nowhere else."""
