"Listings and pictures that we wrote and drew ourselves: the corpus behind the embedded model and the demos"
