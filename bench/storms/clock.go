package main

import "time"

// A clock measures the time of a storm since its start. With a scale of 2 a storm takes twice as
// long in real time; its own times do not change.
type clock struct {
	start time.Time
	scale float64
}

func newClock(scale float64) clock { return clock{start: time.Now(), scale: scale} }

// now returns the time of the storm.
func (c clock) now() time.Duration { return time.Duration(float64(time.Since(c.start)) / c.scale) }

// real converts a duration of the storm to real time.
func (c clock) real(d time.Duration) time.Duration { return time.Duration(float64(d) * c.scale) }

// until sleeps until a time of the storm.
func (c clock) until(t time.Duration) { time.Sleep(c.real(t - c.now())) }
