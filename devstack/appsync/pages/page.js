/** GraphiQL with a list of users to choose from. Their tokens are valid for a day. */

/** @type {any[]} Globals of libraries whose types are not installed. */
const [GraphiQL, React, ReactDOM] = ['GraphiQL', 'React', 'ReactDOM'].map((name) => Reflect.get(globalThis, name));

const EXAMPLE = `query Figures($metricType: MetricType!, $timeWindow: TimeWindow!) {
  me {
    id
    analyticsData(metricType: $metricType, timeWindow: $timeWindow, compareTo: PreviousPeriod) {
      overall {
        value
        currency
      }
      comparison {
        overall {
          change
          currency
        }
      }
    }
    breakdown(by: Website, timeWindow: $timeWindow, limit: 5) {
      rows {
        name
        pageViews
        clicks
        orders
      }
      more
    }
    balance {
      currency
      held
      due
      paid
    }
  }
}
`;
const VARIABLES = JSON.stringify({ metricType: 'PageViews', timeWindow: 'Last30Days' }, null, 2);

/** @type {{name: string, token: string}[]} */
const users = await (await fetch('/graphiql/tokens.json')).json();
const choice = /** @type {HTMLSelectElement} */ (document.querySelector('#user'));
choice.append(...users.map(({ name, token }) => new Option(name, token)));
document.querySelector('#copy')?.addEventListener('click', () => navigator.clipboard.writeText(choice.value));

/** @param {object} operation a query with its variables */
async function ask(operation) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { Authorization: choice.value, 'Content-Type': 'application/json' },
    body: JSON.stringify(operation),
  });
  return response.json();
}

ReactDOM.createRoot(document.querySelector('#graphiql')).render(
  React.createElement(GraphiQL, { fetcher: ask, defaultQuery: EXAMPLE, variables: VARIABLES }),
);

export {}; // makes this file a module, so that it can use `await` above
