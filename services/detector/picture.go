package detector

const mostBuckets = 800
