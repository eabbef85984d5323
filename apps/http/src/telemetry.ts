import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"

/**
 * Traces by the variables of OpenTelemetry, such as `OTEL_EXPORTER_OTLP_ENDPOINT`; without an endpoint none are sent.
 */
export const telemetry =
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined && process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT === undefined
    ? Layer.empty
    : OtlpTracer.layerFromConfig({ resource: { serviceName: "sojourn" } }).pipe(
        Layer.provide(OtlpSerialization.layerJson),
        Layer.provide(FetchHttpClient.layer)
      )
