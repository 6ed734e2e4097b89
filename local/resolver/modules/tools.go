//go:build tools

// Package tools names the programs that the resolver builds, so that go.mod and go.sum pin the
// modules of all of them. After a change of version: edit go.mod, run `go mod tidy`, and set the
// version in binaries.ts.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubectl"
	_ "k8s.io/kubernetes/cmd/kubelet"
)
