// Package policyfile reads what people write about policies: policy files, x-resgen extensions of
// documents and the configuration of a running program. It takes YAML or JSON text and returns
// values of package policy and the findings, each at its position.
//
// It is apart from package policy so that only programs that read files link a YAML library.
package policyfile
