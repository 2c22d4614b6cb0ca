// Command telemetry makes calls that fail now and then, and serves their metrics for Prometheus.
// The dashboard and the alert rules in this folder show them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/chaos"
	"github.com/resgen/resgen/resilience/otelresilience"
	"github.com/resgen/resgen/resilience/policy"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", "localhost:9464")
	if err == nil {
		fmt.Printf("metrics: http://%s/metrics; end with Ctrl-C\n", listener.Addr())
		err = run(ctx, listener, time.Second)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// run makes a call in each interval and serves the metrics until ctx ends.
func run(ctx context.Context, listener net.Listener, interval time.Duration) error {
	registry := prometheus.NewRegistry()
	reader, err := exporter.New(exporter.WithRegisterer(registry))
	if err != nil {
		return err
	}
	meters := metric.NewMeterProvider(metric.WithReader(reader))
	defer meters.Shutdown(context.WithoutCancel(ctx))

	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { // the API that is called
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "fine")
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer server.Close()

	faults := chaos.New()
	if err := faults.Inject(chaos.Config{Faults: []chaos.Fault{
		{Percent: 20, Status: 503}, {Percent: 10, Latency: interval / 4},
	}}); err != nil {
		return err
	}
	runtime := resilience.NewRuntime(
		otelresilience.Observe(otelresilience.WithMeterProvider(meters)),
		resilience.WithRuntimeMiddleware(faults.Middleware),
	)
	defer runtime.Close()
	client, err := crossmark.New(resilience.WithRuntime(runtime), resilience.WithoutCredential(),
		resilience.WithBaseURL("http://"+listener.Addr().String()), resilience.WithConfig(&policy.Config{
			APIs: []policy.APIConfig{{Name: "crossmark", Defaults: policy.Layer{
				Policy: policy.Policy{Rate: policy.Rate{PerSecond: 1000, Burst: 1000}},
			}}},
		}))
	if err != nil {
		return err
	}
	for {
		_, _ = client.GetAppetizePreference(ctx) // a failure is in the log and in the metrics
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return errors.Join(errors.New("the server ended"), err)
		case <-time.After(interval):
		}
	}
}
