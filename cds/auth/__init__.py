"""Who is calling, and what that caller may see. No HTTP framework here: `cds.api.access` brings requests to it."""
