# Lockstep's commands in an image: devnet, builder, prover worker. See docs/operations.md, "In containers".
#
#   docker build -t lockstep .
#   docker run --rm --init --network host lockstep start --no-play

FROM golang:1.24-bookworm AS go

FROM node:24-bookworm-slim
# For the native prover: Go's tools, and a C compiler that they call.
COPY --from=go /usr/local/go /usr/local/go
ENV PATH=/usr/local/go/bin:$PATH
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*

RUN mkdir /lockstep && chown node:node /lockstep
USER node
WORKDIR /lockstep

# Dependencies first: they change less often than anything else.
COPY --chown=node:node package.json package-lock.json .npmrc ./
COPY --chown=node:node packages packages
RUN npm ci --ignore-scripts --no-audit --no-fund && npm cache clean --force

COPY --chown=node:node . .
# The native prover; the compiler's caches stay out. Go makes its modules read-only, so that rm cannot.
RUN node scripts/build-provers.ts && go clean -cache -modcache
# Minutes, once: contracts, circuits, development keys, the page.
RUN node scripts/prepare.ts

# State and devnet.json. What was prepared lies beside it in .lockstep/, and is not to be hidden by a volume.
RUN mkdir /lockstep/state
VOLUME /lockstep/state

ENTRYPOINT ["node", "builder/cli/index.ts"]
CMD ["start", "--no-play", "--data", "/lockstep/state"]
