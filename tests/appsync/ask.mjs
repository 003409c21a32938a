/** Asks a query with graphql-request, as a portal would, and prints the answer as JSON. */
import { GraphQLClient } from 'graphql-request';

const { GRAPHQL_URL = '', ID_TOKEN = '', QUERY = '', VARIABLES = '' } = process.env;
const client = new GraphQLClient(GRAPHQL_URL, { headers: { Authorization: ID_TOKEN } });
const answer = await client.rawRequest(QUERY, JSON.parse(VARIABLES)).catch((error) => error.response);
console.log(JSON.stringify({ data: answer.data, errors: answer.errors }));
