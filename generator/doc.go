// Package generator turns OpenAPI documents into Go clients: read → load → plan → models → emit → type-check → write.
//
// In comes a [Config], usually read from resgen.yaml by [ReadConfig]; out come files, all or none of them. Begin at [Generate].
// A mistake of the user's comes back as a diag.List with every finding of the run; any other error is a defect of resgen or of the disk.
package generator
