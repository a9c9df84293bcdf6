package pager

const childEnv = "VIGIE_PAGERTEST_CHILD"

func childMain() int { return 0 }
