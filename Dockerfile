# Two stages: the first has a compiler and builds everything into /opt/venv, the second only runs it.

FROM python:3.12-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PATH=/opt/venv/bin:$PATH
RUN python -m venv /opt/venv
WORKDIR /src

# What changes seldom comes first, so that a change of code builds quickly.
COPY requirements-build.lock requirements.lock requirements-engine.lock ./
RUN pip install --require-hashes -r requirements-build.lock -r requirements.lock
# The engine comes as source only. Its wheel is built once, here; a failure stops the build, for production needs it.
RUN pip wheel --no-deps --use-pep517 --no-build-isolation --require-hashes -r requirements-engine.lock -w /wheels \
    && pip install --no-deps --no-index --find-links /wheels durable-rules \
    && python -c 'import durable_rules_engine'

# .dockerignore lets only the code and its description through.
COPY . .
RUN pip install --no-deps --no-build-isolation . \
    && pip uninstall --yes setuptools pip

FROM python:3.12-slim
LABEL org.opencontainers.image.title="cds-overdose" org.opencontainers.image.licenses="MIT"
RUN groupadd --system --gid 10001 cds \
    && useradd --system --uid 10001 --gid cds --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin cds
COPY --from=build /opt/venv /opt/venv

# Production starts only with the issuers whose tokens it believes (CDS_ISSUERS), the approvers of its rules (CDS_APPROVERS),
# and a ledger and keys of its own (CDS_DATABASE_URL, CDS_LEDGER_NAME, CDS_KEYS). SECURITY.md says more.
ENV CDS_ENVIRONMENT=production \
    PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

USER cds
WORKDIR /
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/internal/isalive', timeout=2)"]
CMD ["cds", "serve", "--host", "0.0.0.0"]
