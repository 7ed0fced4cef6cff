# syntax=docker/dockerfile:1
# `alpacare serve` on a CPU, behind the guard. The model is mounted at /model; nothing is fetched and nothing is written.
#   docker build --tag alpacare .
#   docker run --read-only --tmpfs /tmp --publish 127.0.0.1:8080:8080 --volume "$PWD/model:/model:ro" alpacare

FROM node:20-bookworm-slim AS build
WORKDIR /src
# pnpm is fetched at the version package.json pins. Install scripts stay off: the CPU library is in onnxruntime-node itself.
COPY package.json pnpm-workspace.yaml pnpm-lock.yaml ./
COPY packages/core/package.json packages/core/
COPY packages/safety/package.json packages/safety/
COPY packages/eval/package.json packages/eval/
COPY packages/cli/package.json packages/cli/
COPY examples/package.json examples/
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" install --frozen-lockfile
COPY tsconfig.json ./
COPY packages packages
COPY data data
RUN npx --yes "$(node -p 'require("./package.json").packageManager')" -r run build:js \
 && npx --yes "$(node -p 'require("./package.json").packageManager')" --filter @alpacare/cli deploy --prod --legacy /app \
 && rm -rf /app/node_modules/.pnpm/onnxruntime-node@*/node_modules/onnxruntime-node/bin/napi-v*/darwin \
           /app/node_modules/.pnpm/onnxruntime-node@*/node_modules/onnxruntime-node/bin/napi-v*/win32

FROM node:20-bookworm-slim
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1
COPY --from=build --chown=root:root /app /app
USER node
WORKDIR /tmp
EXPOSE 8080
# Ready once it answers; the model is loaded before.
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/alpacare.js", "serve", "--host", "0.0.0.0", "--port", "8080", "--model", "/model", "--preload"]
