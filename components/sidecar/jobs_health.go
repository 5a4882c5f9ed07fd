package main

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	scheduleroptions "github.com/dapr/dapr/cmd/scheduler/options"
	schedulerv1pb "github.com/dapr/dapr/pkg/proto/scheduler/v1"
)

const (
	// jobsPath answers 200 while the scheduler answers questions about jobs. /healthz goes on saying that all is well
	// when etcd has lost its keys, while every call about a job hangs for ever.
	jobsPath    = "/healthz/jobs"
	jobsTimeout = 1500 * time.Millisecond
)

// serveJobsHealth asks the scheduler, as a sidecar would, for a job that is not there.
func serveJobsHealth(opts *scheduleroptions.Options) http.HandlerFunc {
	address := net.JoinHostPort(opts.ListenAddress, strconv.Itoa(opts.Port))
	connection, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	scheduler := schedulerv1pb.NewSchedulerClient(connection)
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), jobsTimeout)
		defer cancel()
		failed := err
		if failed == nil {
			_, failed = scheduler.GetJob(ctx, &schedulerv1pb.GetJobRequest{Name: "health", Metadata: &schedulerv1pb.JobMetadata{
				AppId: "health", Namespace: "default",
				Target: &schedulerv1pb.JobTargetMetadata{
					Type: &schedulerv1pb.JobTargetMetadata_Job{Job: new(schedulerv1pb.TargetJob)},
				},
			}})
		}
		if failed != nil && status.Code(failed) != codes.NotFound {
			http.Error(w, "it answers nothing about jobs: "+failed.Error(), http.StatusServiceUnavailable)
		}
	}
}
