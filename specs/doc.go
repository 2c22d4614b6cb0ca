// Package specs holds the OpenAPI documents and policy files of the three APIs. It has no code but
// the tests that compare the documents with the checked-in clients and with the vendors' facts.
package specs
