/** What of the answers of the Hetzner Cloud API is used here, in its own names (https://docs.hetzner.cloud). */
export interface Action {
  readonly id: number;
  readonly command: string;
  readonly status: 'running' | 'success' | 'error';
  readonly error: { readonly code: string; readonly message: string } | null;
}

interface Location {
  readonly name: string;
  readonly network_zone: string;
}

interface PrivateNet {
  readonly network: number;
  readonly ip: string;
  readonly alias_ips?: readonly string[];
}

export interface Server {
  readonly id: number;
  readonly name: string;
  /** running, off, initializing, starting, stopping, deleting, migrating, rebuilding, unknown */
  readonly status: string;
  readonly server_type: { readonly name: string };
  /** Its older place for the location; both may be there. */
  readonly datacenter?: { readonly name: string; readonly location: Location };
  readonly location?: Location;
  readonly public_net: {
    readonly ipv4: { readonly ip: string } | null;
    /** A network of 64 bits, `2001:db8::/64`. */
    readonly ipv6: { readonly ip: string } | null;
  };
  readonly private_net: readonly PrivateNet[];
}

export interface NetworkRoute {
  readonly destination: string;
  readonly gateway: string;
}

export interface Network {
  readonly id: number;
  readonly name: string;
  readonly ip_range: string;
  readonly routes: readonly NetworkRoute[];
}

export interface HealthCheck {
  readonly protocol: 'tcp' | 'http';
  readonly port: number;
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly http?: { readonly path: string; readonly domain: string; readonly status_codes: readonly string[] };
}

export interface BalancerService {
  readonly protocol: string;
  readonly listen_port: number;
  readonly destination_port: number;
  readonly proxyprotocol: boolean;
  readonly health_check: HealthCheck;
}

export interface BalancerTarget {
  readonly type: string;
  readonly server?: { readonly id: number };
  readonly use_private_ip?: boolean;
}

export interface Balancer {
  readonly id: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly load_balancer_type: { readonly name: string };
  readonly location: Location;
  readonly algorithm: { readonly type: string };
  readonly public_net: {
    readonly enabled: boolean;
    readonly ipv4: { readonly ip: string | null };
    readonly ipv6: { readonly ip: string | null };
  };
  readonly private_net: readonly { readonly network: number; readonly ip: string }[];
  readonly services: readonly BalancerService[];
  readonly targets: readonly BalancerTarget[];
}
