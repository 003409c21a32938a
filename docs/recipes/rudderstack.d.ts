/** What RudderStack gives to a transformation: https://www.rudderstack.com/docs/transformations/runtime-functions */

declare function fetchV2(
  url: string,
  options: { headers: Record<string, string> },
): Promise<{ status: number; body: unknown }>;

declare function getCredential(name: string): string | undefined;
