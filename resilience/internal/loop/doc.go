// Package loop runs attempts until one is final. It is the only package that imports failsafe-go.
// The attempts themselves decide what is retried and when; the delays, budgets and limits of the
// library are not used.
package loop
