"""A local AWS AppSync: serves what infra/graphql.yaml declares, with the very files that are deployed."""
