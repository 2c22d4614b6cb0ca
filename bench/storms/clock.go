package main

import "time"

// A clock tells the time of a storm, which begins with the clock. A scale of 2 makes a storm take
// twice as long; its own times stay as they are.
type clock struct {
	start time.Time
	scale float64
}

func newClock(scale float64) clock { return clock{start: time.Now(), scale: scale} }

// now returns the time of the storm.
func (c clock) now() time.Duration { return time.Duration(float64(time.Since(c.start)) / c.scale) }

// real returns how long a time of the storm takes.
func (c clock) real(d time.Duration) time.Duration { return time.Duration(float64(d) * c.scale) }

// until sleeps until a time of the storm.
func (c clock) until(t time.Duration) { time.Sleep(c.real(t - c.now())) }
