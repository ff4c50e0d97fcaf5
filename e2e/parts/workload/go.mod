module github.com/kanikit/kanikit/e2e/parts/workload

go 1.24.0
