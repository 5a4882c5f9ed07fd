package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	placementoptions "github.com/dapr/dapr/cmd/placement/options"
	scheduleroptions "github.com/dapr/dapr/cmd/scheduler/options"
	"github.com/dapr/dapr/pkg/buildinfo"
	"github.com/dapr/dapr/pkg/healthz"
	"github.com/dapr/dapr/pkg/metrics"
	"github.com/dapr/dapr/pkg/modes"
	"github.com/dapr/dapr/pkg/placement"
	placementmonitoring "github.com/dapr/dapr/pkg/placement/monitoring"
	schedulermonitoring "github.com/dapr/dapr/pkg/scheduler/monitoring"
	"github.com/dapr/dapr/pkg/scheduler/server"
	"github.com/dapr/dapr/pkg/security"
	"github.com/dapr/kit/concurrency"
	"github.com/dapr/kit/logger"
	"github.com/dapr/kit/signals"
)

const (
	healthReadTimeout = 5 * time.Second
	standalone        = modes.StandaloneMode
)

// controlService is what placement and scheduler have in common: a log, metrics, health and the (empty) security of a
// single machine. Both follow upstream's own entry points, except that health is served on the address that the
// command line names: upstream parses that address and listens on every one.
type controlService struct {
	appID         string
	log           logger.Logger
	logging       logger.Options
	metrics       *metrics.FlagOptions
	metricsViews  func() error
	listenAddress string
	healthAddress string
	healthPort    int
	moreHealth    map[string]http.HandlerFunc
	serve         func(ctx context.Context, security security.Handler, health healthz.Healthz) error
}

func runPlacement() {
	opts, err := placementoptions.New(os.Args[1:])
	log := logger.NewLogger("dapr.placement")
	if err != nil {
		log.Fatal(err)
	}
	controlService{
		appID: "dapr-placement", log: log, logging: opts.Logger,
		metrics: opts.Metrics, metricsViews: placementmonitoring.InitMetrics,
		listenAddress: opts.PlacementListenAddress, healthAddress: opts.HealthzListenAddress, healthPort: opts.HealthzPort,
		serve: func(ctx context.Context, sec security.Handler, health healthz.Healthz) error {
			service, err := placement.New(placement.Options{
				NodeID:                    opts.RaftID,
				Port:                      opts.PlacementPort,
				ListenAddress:             opts.PlacementListenAddress,
				Security:                  sec,
				Healthz:                   health,
				KeepAliveTime:             opts.KeepAliveTime,
				KeepAliveTimeout:          opts.KeepAliveTimeout,
				ReplicationFactor:         int64(opts.ReplicationFactor),
				Peers:                     opts.RaftPeers,
				DisseminateTimeout:        opts.DisseminateTimeout,
				DisseminateCoalesceWindow: opts.DisseminateCoalesceWindow,
			})
			if err != nil {
				return err
			}
			return service.Run(ctx)
		},
	}.run()
}

func runScheduler() {
	opts, err := scheduleroptions.New(os.Args[1:])
	log := logger.NewLogger("dapr.scheduler")
	if err != nil {
		log.Fatal(err)
	}
	controlService{
		appID: "dapr-scheduler", log: log, logging: opts.Logger,
		metrics: opts.Metrics, metricsViews: schedulermonitoring.InitMetrics,
		listenAddress: opts.ListenAddress, healthAddress: opts.HealthzListenAddress, healthPort: opts.HealthzPort,
		moreHealth: map[string]http.HandlerFunc{jobsPath: serveJobsHealth(opts)},
		serve: func(ctx context.Context, sec security.Handler, health healthz.Healthz) error {
			// It ends by itself, to be made anew, when it loses its place among other schedulers.
			for ctx.Err() == nil {
				service, err := server.New(ctx, schedulerOptions(opts, sec, health))
				if err != nil {
					return err
				}
				if err := service.Run(ctx); err != nil {
					return err
				}
			}
			return ctx.Err()
		},
	}.run()
}

// schedulerOptions passes every command-line option on, field by field.
func schedulerOptions(opts *scheduleroptions.Options, sec security.Handler, health healthz.Healthz) server.Options {
	return server.Options{
		Port:                           opts.Port,
		ListenAddress:                  opts.ListenAddress,
		OverrideBroadcastHostPort:      opts.OverrideBroadcastHostPort,
		Mode:                           standalone,
		Security:                       sec,
		Healthz:                        health,
		EtcdEmbed:                      opts.EtcdEmbed,
		EtcdDataDir:                    opts.EtcdDataDir,
		EtcdName:                       opts.ID,
		EtcdInitialCluster:             opts.EtcdInitialCluster,
		EtcdClientPort:                 opts.EtcdClientPort,
		EtcdClientListenAddress:        opts.EtcdClientListenAddress,
		EtcdSpaceQuota:                 opts.EtcdSpaceQuota,
		EtcdCompactionMode:             opts.EtcdCompactionMode,
		EtcdCompactionRetention:        opts.EtcdCompactionRetention,
		EtcdSnapshotCount:              opts.EtcdSnapshotCount,
		EtcdMaxSnapshots:               opts.EtcdMaxSnapshots,
		EtcdMaxWALs:                    opts.EtcdMaxWALs,
		EtcdBackendBatchLimit:          opts.EtcdBackendBatchLimit,
		EtcdBackendBatchInterval:       opts.EtcdBackendBatchInterval,
		EtcdMaxTxnOps:                  opts.EtcdMaxTxnOps,
		EtcdDefragThresholdMB:          opts.EtcdDefragThresholdMB,
		EtcdInitialElectionTickAdvance: opts.EtcdInitialElectionTickAdvance,
		EtcdMetrics:                    opts.EtcdMetrics,
		EtcdClientEndpoints:            opts.EtcdClientEndpoints,
		EtcdClientUsername:             opts.EtcdClientUsername,
		EtcdClientPassword:             opts.EtcdClientPassword,
		Workers:                        opts.Workers,
	}
}

// run serves until a signal comes; what goes wrong before that ends the process.
func (s controlService) run() {
	if err := logger.ApplyOptionsToLoggers(&s.logging); err != nil {
		s.log.Fatal(err)
	}
	s.log.Infof("Starting %s -- version %s", s.appID, buildinfo.Version())
	guardPeers()
	health := healthz.New()
	exporter := metrics.New(metrics.Options{
		Log:           s.log,
		Enabled:       s.metrics.Enabled(),
		Namespace:     metrics.DefaultMetricNamespace,
		Port:          s.metrics.Port(),
		Healthz:       health,
		ListenAddress: s.listenAddress,
	})
	if err := s.metricsViews(); err != nil {
		s.log.Fatal(err)
	}
	ctx := signals.Context()
	sec, err := security.New(ctx, security.Options{
		ControlPlaneTrustDomain: "localhost",
		ControlPlaneNamespace:   security.CurrentNamespace(),
		AppID:                   s.appID,
		Mode:                    standalone,
		Healthz:                 health,
	})
	if err != nil {
		s.log.Fatal(err)
	}
	serve := func(ctx context.Context) error {
		handler, err := sec.Handler(ctx)
		if err != nil {
			return err
		}
		return s.serve(ctx, handler, health)
	}
	err = concurrency.NewRunnerManager(exporter.Start, s.serveHealth(health), sec.Run, serve).Run(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		s.log.Fatal(err)
	}
	s.log.Infof("%s shut down gracefully", s.appID)
}

// serveHealth answers /healthz with 200, or with 503 while something is not ready, and the paths of moreHealth.
func (s controlService) serveHealth(health healthz.Healthz) concurrency.Runner {
	target := health.AddTarget("healthz-server")
	return func(ctx context.Context) error {
		listener, err := net.Listen("tcp", net.JoinHostPort(s.healthAddress, strconv.Itoa(s.healthPort)))
		if err != nil {
			return err
		}
		mux := http.NewServeMux()
		mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
			if !health.IsReady() {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})
		for path, answer := range s.moreHealth {
			mux.HandleFunc(path, answer)
		}
		server := &http.Server{Handler: mux, ReadHeaderTimeout: healthReadTimeout}
		stop := context.AfterFunc(ctx, func() { _ = server.Close() })
		defer stop()
		target.Ready()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
}
