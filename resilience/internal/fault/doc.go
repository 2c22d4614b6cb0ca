// Package fault classifies the outcome of an attempt: it turns the errors of Go into faults, and
// faults and statuses into decisions, by two tables. A decision says whether the request may be
// sent again and after which wait, what the outcome says about the health of the server, and
// whether the request may have been run.
package fault
