// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var _e=require("node:worker_threads");var Ie=require("node:zlib"),xe=require("node:timers/promises")\
;function D(t){return t.split(\`
\`).map(Ne).join(\`
\`)}function Ne(t){return t.replace(/[\\p{C}\\p{Zl}\\p\
{Zp}]/gu,e=>H(e.charAt(0))+(e.length>1?H(e.charAt(1)):""))}function H(t){return\`\\\\u\${t.charCodeAt(0).\
toString(16).padStart(4,"0")}\`}var d=class extends Error{name="KeepfitError";code;constructor(e,r,n)\
{super(\`\${e}: \${D(r)}\`,n),this.code=e}};function y(t){return t instanceof Error&&t.name==="KeepfitErro\
r"&&"code"in t}var F=class{#r;#n;#e;#t=0;#o;constructor(e,r){this.#r=e,this.#n=r,this.#e=new DataVie\
w(new ArrayBuffer(4*e.length)),this.#o=e[0]??0}add(e){for(let r=0;r<e.byteLength;){for(;this.#o===0;\
)this.#o=this.#r[++this.#t]??1/0;if(this.#o===1/0)return;let n=Math.min(r+this.#o,e.byteLength),o=4*\
this.#t,i=this.#e.getUint32(o,!0);this.#e.setUint32(o,this.#n(e.subarray(r,n),i),!0),this.#o-=n-r,r=\
n}}toBytes(){return new Uint8Array(this.#e.buffer)}};function U(){let t=Promise.resolve();return{run\
:e=>{let r=t.then(e,e);return t=r.catch(()=>{}),r}}}var I=require("node:path");var M={fsStore:"folde\
r",fileSink:"path"},Re={ENOSPC:"the disk is full",EDQUOT:"the disk quota is used up"},Ae=[-122,-69];\
function j(t,e){let r=u(t),n=\`could not \${e.action} \${e.path} (\${r===""?String(t):r})\`,o=Re[r];if(o!==v\
oid 0){let i=e.byteLength===void 0?"":\`, and \${e.byteLength} bytes must fit into \${(0,I.dirname)(e.pat\
h)}\`,s=\`\${n}: \${o}\${i}; free some room, or \${w(e)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:t})}retur\
n new d("KEEPFIT_STORE_FAILED",\`\${n}: \${We(r,e)}\`,{cause:t})}function u(t){let e=y(t)?t.cause:t,{code:\
r,errno:n}=e??{};return Ae.includes(n)?"EDQUOT":typeof r=="string"?r:""}async function m(t){try{retu\
rn await t()}catch(e){if(u(e)==="ENOENT")return;throw e}}function We(t,e){let{owner:r,path:n}=e,o=M[\
r];switch(t){case"EACCES":case"EPERM":return\`this user may not; let it read and write in \${(0,I.dirna\
me)(n)}, or \${w(e)}\`;case"ERR_ACCESS_DENIED":return"Node's permission model forbids it; use --allow-f\
s-write, or on Node 26, which forbids fsync, no --permission";case"EROFS":return\`the file system is \
read-only; give \${r} a \${o} that can be written\`;case"EEXIST":return\`something else has this name; mov\
e it away, or \${w(e)}\`;case"ENAMETOOLONG":return\`this path, or a name in it, is longer than the file \
system allows; give \${r} a shorter \${o}\`;case"ENOTCONN":case"ESTALE":case"ENODEV":case"ENXIO":case"EHO\
STDOWN":return"the drive was disconnected; connect it again, then run the training again";case"EIO":\
return\`the disk or the drive reports an error; check it, or \${w(e)}\`;case"ENOTDIR":return\`a part of t\
his path is a file; give \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; mov\
e it away, or \${w(e)}\`;case"ELOOP":return"a symbolic link has this name and cannot be followed; remov\
e it";case"EFBIG":return\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${o} o\
n another one\`;case"ENOENT":return"this file, or a folder above it, was deleted or moved away; let n\
othing else move or clean up there, then run again";case"EMFILE":case"ENFILE":return"too many files \
are open; raise the limit (ulimit -n)";default:return\`see the cause, or \${w(e)}\`}}function w({owner:t\
}){return\`give \${t} another \${M[t]}\`}var B={open:"open",stat:"look at",lstat:"look at",readdir:"list",\
mkdir:"make the folder",rename:"rename",link:"link",unlink:"delete",readlink:"follow the symbolic li\
nk"},V={read:"read",write:"write",truncate:"cut",stat:"look at",sync:"sync",close:"close"},Ke=new Se\
t(["rename","link"]);function x(t,e,r={}){let n=q(t,B,(o,i)=>({owner:e,action:o==="open"?ve(t.consta\
nts,Number(i[1])):B[o],path:String(Ke.has(o)?i[1]:i[0]),...r}));return{...n,constants:t.constants,op\
en:async(o,i,s)=>q(await n.open(o,i,s),V,a=>({owner:e,action:V[a],path:o,...r})),for:o=>x(t,e,{...r,\
...o})}}function ve(t,e){let{O_WRONLY:r,O_RDWR:n=0,O_EXCL:o=0}=t;return(e&o)!==0?"make":(e&(r|n))===\
0?"read":"open"}function q(t,e,r){let n=t,o=Object.keys(e).map(i=>[i,async(...s)=>{try{return await \
Reflect.apply(n[i],t,s)}catch(a){throw y(a)?a:j(a,r(i,s))}}]);return Object.fromEntries(o)}var _t=16\
*1024*1024;function G(t,e,r){return{...t,fs:x(e,"fsStore"),host:r,commits:U()}}var Y=require("node:c\
rypto"),T=require("node:path");var He=".safetensors",De="[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\
";function Q(t){return new RegExp(\`^\${De}$\`).test(t)}function h(t,e){return(0,T.join)(t,\`\${e}\${He}\`)}fu\
nction k(t,e){return(0,T.join)(t,\`.\${e}.lock\`)}function z(t,e,r){return\`\${k(t,e)}.\${r}\`}function J(t,e)\
{return(0,T.join)(t,\`.\${e}.\${(0,Y.randomUUID)()}.tmp\`)}var p=require("node:path");async function b({fs\
:t,host:e},r){if(e.isWindows)return;let n=await t.for({action:"sync the folder"}).open(r,t.constants\
.O_RDONLY);try{await n.sync()}catch(o){if(u(o)!=="EINVAL")throw o}finally{await n.close()}}var Ue=ne\
w Set(["EACCES","EPERM"]);async function X(t){let e=await P(t,t.path);if(e&&t.isPrepared)return!1;le\
t r=await C(t,t.path,e);return t.isPrepared=!0,r}async function C(t,e,r){let n=(0,p.dirname)(e);if(r\
)return await je(t,e),!1;await C(t,n,await P(t,n));let o=!0;try{await t.fs.mkdir(e,{mode:448})}catch\
(i){if(u(i)!=="EEXIST")throw i;o=!await P(t,e)&&await Me(t,e)}return o&&await t.held?.placeAgain(e),\
await b(t,n),o}async function Me(t,e){let r=await t.fs.readlink?.(e).catch(()=>{});if(r===void 0){le\
t o=\`\${e} is a symbolic link to a folder that is missing; make that folder\`;throw new d("KEEPFIT_STOR\
E_FAILED",o)}let n=(0,p.isAbsolute)(r)?r:\`\${(0,p.dirname)(e)}\${p.sep}\${r}\`;return C(t,n,await P(t,n))}a\
sync function P({fs:t,...e},r=e.path){let n=t.for({action:"look at the folder"}),o=await m(()=>n.sta\
t(r,{bigint:!0}));if(o===void 0)return!1;if(o.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAIL\
ED",\`\${r} is a file, but fsStore needs a folder there; give fsStore the path of a folder\`)}async func\
tion je(t,e){if((0,p.dirname)(e)!==e)try{await b(t,(0,p.dirname)(e))}catch(r){if(!Ue.has(u(r)))throw\
 r}}async function Z(t,e){let{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O_NOFOLLOW:i=0}=t.constants,s=await t.op\
en(e,r|n|o|i,384);return{path:e,handle:s,isOpen:!0}}async function L(t){t.isOpen=!1,await t.handle.c\
lose()}async function ee(t,e){e.isOpen&&await L(e).catch(()=>{}),await t.unlink(e.path).catch(()=>{}\
)}var Be=new Set(["EPERM","EACCES","EBUSY"]),Ve=500,qe=1e4;async function te(t,e,r=async()=>{}){for(\
let n=0,o=10;;n+=o,o=Math.min(2*o,Ve)){await r();try{return await e()}catch(i){if(!t.isWindows||!Be.\
has(u(i))||n>=qe)throw i}await t.pause(o)}}async function re(t,e,r,n){for(let o=0;o<e.length;){let i\
=Math.min(e.length-o,1073741824),{bytesWritten:s}=await t.write(e,o,i,r+o);if(!(s>0&&s<=i))throw n(i\
,s);o+=s}}function ne(t,e,r){let n="Nothing was changed";if(!r){let i=\`the lock file \${t} of this tra\
ining was deleted, so another trainer may have finished the run meanwhile. \${n}. Start this training \
again, and let nothing else delete files in that folder\`,s=Object.assign(new Error("the lock file is\
 missing"),{code:"ENOENT",path:t});return new d("KEEPFIT_STORE_CONFLICT",i,{cause:s})}let o=e===void\
 0?"does not say any more that this training holds it":\`names process \${e.pid} on host \${e.host} since\
 \${e.since} instead of this training\`;return new d("KEEPFIT_STORE_CONFLICT",\`the lock file \${t} \${o}: i\
t was deleted or replaced, and another trainer may write now. \${n}. Stop one of the two, or give each\
 its own folder or name\`)}var oe=2**23,Ge=4;async function ie(t,e,r){let{O_RDONLY:n,O_NOFOLLOW:o=0,O\
_NONBLOCK:i=0}=t.constants,s=await m(()=>t.open(e,n|o|i));if(s!==void 0)try{let a=await s.stat({bigi\
nt:!0});if(!a.isFile())throw new d("KEEPFIT_STORE_FAILED",\`\${e} is no regular file; move it away\`);le\
t l=await se(s,e,Qe(e,a.size,r)),f=await s.stat({bigint:!0});if(f.size!==a.size||f.mtimeNs!==a.mtime\
Ns&&!await Ye(s,e,l))throw ae(e,a.size,f.size);return{bytes:l,stats:f}}finally{await s.close().catch\
(()=>{})}}async function Ye(t,e,r){let n=await se(t,e,new Uint8Array(r.length));return Buffer.compar\
e(r,n)===0}function Qe(t,e,r){try{if(e<=BigInt(r))return new Uint8Array(Number(e))}catch(o){throw ne\
w d("KEEPFIT_STORE_FAILED",\`no memory for the \${e} bytes of \${t}; free some\`,{cause:o})}let n=\`\${t} has\
 \${e} bytes, more than the \${r} that can be read here; check the file, or use a newer Node\`;throw new \
d("KEEPFIT_STORE_FAILED",n)}async function se(t,e,r){let n=0,o=async()=>{for(;n<r.length;){let s=n;n\
+=oe,await ze(t,e,r,s,Math.min(s+oe,r.length))}},i=await Promise.allSettled(Array.from({length:Ge},o\
));for(let s of i)if(s.status==="rejected")throw s.reason;return r}async function ze(t,e,r,n,o){for(\
let i=n;i<o;){let{bytesRead:s}=await t.read(r,i,o-i,i);if(!(s>0))throw ae(e,BigInt(r.length),BigInt(\
i));i+=s}}function ae(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} was changed while it was read \
(\${e} bytes at first, then \${r}): something other than keepfit writes into it; stop that and try again\
\`)}function ce(t){try{let e=JSON.parse(new TextDecoder().decode(t)),{host:r,pid:n,uuid:o,since:i}=e;\
return typeof r!="string"||typeof o!="string"||typeof i!="string"||!Q(o)||typeof n!="number"||!Numbe\
r.isSafeInteger(n)||n<1||e.bootId===void 0||e.startTime===void 0?void 0:{host:r,bootId:g(e.bootId),p\
idNamespace:g(e.pidNamespace),pid:n,startTime:g(e.startTime),machine:g(e.machine),threadId:de(e.thre\
adId),thread:Je(e.thread),uuid:o,since:i,socket:g(e.socket),socketDevice:g(e.socketDevice)}}catch{re\
turn}}function g(t){if(t!=null){if(typeof t=="string")return t;throw new TypeError("not a text")}}fu\
nction de(t){if(t!=null){if(typeof t=="number"&&Number.isSafeInteger(t)&&t>=0)return t;throw new Typ\
eError("not a number")}}function Je(t){if(t==null)return;let{tid:e,startTime:r}=t,n=de(e);if(n===voi\
d 0)throw new TypeError("not a thread");return{tid:n,startTime:g(r)}}var Xe=65536;async function Ze(\
{folder:t},e){let r=await ie(t.fs,e,Xe);return r&&{path:e,holder:ce(r.bytes)}}async function fe(t){l\
et{folder:e,key:r}=t,n=[],o=k(e.path,r);for(;;){let i=await et(t,o)?await Ze(t,o):void 0;if(i===void\
 0)return n;let s=n.some(({holder:a})=>a?.uuid===i.holder?.uuid);if(n.push(s?{path:o,holder:void 0}:\
i),i.holder===void 0||s)return n;o=z(e.path,r,i.holder.uuid)}}async function et({folder:t},e){let r=\
t.fs.for({action:"read"});return await m(()=>r.lstat(e,{bigint:!0}))!==void 0}async function le(t,e,\
r){let n=(await fe({folder:t,key:e})).at(-1);if(n?.holder?.uuid!==r)throw ne(k(t.path,e),n?.holder,n\
!==void 0)}var ue=require("node:crypto"),me=require("node:zlib"),$=16*1024,E=class{#r;#n=(0,ue.creat\
eHash)("sha256");#e=0;#t=0;constructor(e){this.#r=e}add(e){this.#e=(0,me.crc32)(e,this.#e);for(let[r\
,n]of _(this.#r)){let o=Math.max(r-this.#t,0),i=Math.min(n-this.#t,e.length);o<i&&this.#n.update(e.s\
ubarray(o,i))}this.#t+=e.length}skipTo(e){this.#t=e}formatEdges(){return\`\${this.#r}-\${this.#n.copy().d\
igest("hex").slice(0,32)}-\`}formatVersion(){return this.formatEdges()+this.#e.toString(16).padStart(\
8,"0")}};function _(t){return t<=2*$?[[0,t]]:[[0,$],[t-$,t]]}function pe(t,e){return t.startsWith(\`\${\
e}-\`)}var N="the old checkpoint stays";function R(t,e,r,n){let o=r===null?"no checkpoint":"the one t\
hat was last read or stored here",[i,s]=n===void 0?["it is gone","something deleted it or moved it a\
way"]:[\`another one of \${n} bytes is there\`,\`another trainer wrote in \${t}\`];return new d("KEEPFIT_STO\
RE_CONFLICT",\`\${e} should be \${o}, but \${i}: \${s}, and nothing was changed. Stop one of the two, or give\
 each its own folder or name\`)}function he(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} should ha\
ve \${e} bytes, but has \${r}; \${N}\`)}function ye(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`a write of \
\${e} bytes to \${t} wrote \${r}; \${N}\`)}function A(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`the chunks \
for \${t} must add up to the announced \${e} bytes, but came to \${r}; \${N}\`)}function ge(t,e){return new d\
("KEEPFIT_STORE_FAILED",\`the new checkpoint is in place at \${t}, but a power cut may bring back the o\
ld one because the folder could not be synced (\${u(e)||String(e)}); check the disk before you continu\
e\`,{cause:e})}var tt=1024*1024;async function Ee(t,e,r){if(r?.lock!==void 0&&await le(t,e,r.lock),r?\
.replaces===void 0)return;let{replaces:n}=r,o=await Fe(t,e);if(!(W(o,n)&&(n===null||await rt(t,e,n))\
))throw R(t.path,h(t.path,e),n,o?.size)}async function we(t,e,r){if(r?.replaces===void 0)return;let \
n=await Fe(t,e);if(!W(n,r.replaces))throw R(t.path,h(t.path,e),r.replaces,n?.size)}async function Fe\
({fs:t,path:e},r){return m(()=>t.lstat(h(e,r),{bigint:!0}))}function W(t,e){return t===void 0||e===n\
ull?t===void 0&&e===null:t.isFile()&&pe(e,t.size)}async function rt(t,e,r){let{fs:n}=t,{O_RDONLY:o,O\
_NOFOLLOW:i=0,O_NONBLOCK:s=0}=n.constants,a=o|i|s,l=await m(()=>n.open(h(t.path,e),a));if(l===void 0\
)return!1;try{let f=await l.stat({bigint:!0});if(!W(f,r)||!await nt(l,Number(f.size),r))return!1;if(\
ot(t,e,r,f))return!0;let S=new E(Number(f.size));return await ke(S,l,0,Number(f.size)),S.formatVersi\
on()!==r?!1:(K(t,e,r,f),!0)}finally{await l.close().catch(()=>{})}}async function nt(t,e,r){let n=ne\
w E(e);for(let[o,i]of _(e))n.skipTo(o),await ke(n,t,o,i);return r.startsWith(n.formatEdges())}async \
function ke(t,e,r,n){let o=new Uint8Array(Math.min(n-r,tt));for(let i=r;i<n;){let{bytesRead:s}=await\
 e.read(o,0,Math.min(o.length,n-i),i);if(!(s>0))return;t.add(o.subarray(0,s)),i+=s}}function K(t,e,r\
,n){t.known.set(e,{version:r,stamp:be(n)})}function ot(t,e,r,n){let o=t.known.get(e);return o?.versi\
on===r&&o.stamp===be(n)}function be({dev:t,ino:e,mtimeNs:r,size:n}){return\`\${t}:\${e}:\${r}:\${n}\`}var O=cl\
ass{#r;#n;#e=0;#t;#o;constructor(e,r){this.#r=e,this.#n=r}add(e){this.throwFailure(),this.#e+=e,!(th\
is.#e<this.#n||this.#t!==void 0)&&(this.#e=0,this.#t=this.#i())}async waitUntilIdle(){await this.#t}\
throwFailure(){if(this.#o!==void 0)throw this.#o.error}async#i(){try{await this.#r.handle.sync()}cat\
ch(e){this.#o={error:e}}this.#t=void 0}};async function Se(t,e){try{await b(t,t.path)}catch(r){throw\
 ge(e,r.cause)}}async function Te(t,e,r,n,o){let{byteLength:i}=r,s=h(t.path,e);await we(t,e,n),n?.lo\
ck===void 0&&await X(t);let a=await Z(t.fs.for({byteLength:i}),o?.temp??J(t.path,e)),l=new E(i);try{\
await it(a,r,t.syncEvery,l),await at(a,i),await a.handle.sync(),await L(a);let f=await t.fs.lstat(a.\
path,{bigint:!0});o?.beforeRename(l.formatVersion()),await t.commits.run(async()=>{await ct(t,e,a,n)\
,K(t,e,l.formatVersion(),f)})}catch(f){throw await ee(t.fs,a),f}return await Se(t,s),l.formatVersion\
()}async function it(t,e,r,n){let o=new O(t,r);try{await st(t,e,i=>{n.add(i),o.add(i.length)})}final\
ly{await o.waitUntilIdle()}o.throwFailure()}async function st({path:t,handle:e},{byteLength:r,chunks\
:n},o){let i=0;for await(let s of n){let a=new Uint8Array(s.buffer,s.byteOffset,s.byteLength);if(i+a\
.length>r)throw A(t,r,\`\${i+a.length} or more\`);await re(e,a,i,(l,f)=>ye(t,l,f)),i+=a.length,o(a)}if(i\
!==r)throw A(t,r,String(i))}async function at({path:t,handle:e},r){let{size:n}=await e.stat({bigint:\
!0});if(n!==BigInt(r))throw he(t,r,n)}async function ct(t,e,r,n){let o=h(t.path,e),i=t.fs.for({actio\
n:"put a new checkpoint at"});await te(t.host,()=>i.rename(r.path,o),()=>Ee(t,e,n))}var dt=128;funct\
ion Pe(t,e){for(let r=0;r<dt;r++)t[r]=e.charCodeAt(r)}function Oe(t){if(!y(t))throw t;let{code:e,mes\
sage:r,cause:n}=t;return{code:e,message:r.slice(\`\${e}: \`.length),cause:n instanceof Error?{message:n.\
message,fields:{...n}}:void 0}}async function Ce(t,e){let r=new v(t);for(;;){let n=await r.receive()\
;n.kind==="begin"&&r.send({kind:"ended",outcome:await ft(r,n.job,e)}),r.flush()}}async function ft(t\
,e,r){let n=G(e.folder,r,{isWindows:!1,pause:xe.setTimeout}),{path:o,syncEvery:i}=n,s=lt(t,e),a=awai\
t Te(n,e.key,s,e.condition,{temp:e.temp,beforeRename:S=>Pe(e.renaming,S)}).catch(Oe),{isPrepared:l,k\
nown:f}=n;return{folder:{path:o,syncEvery:i,isPrepared:l,known:f},result:a}}function lt(t,{byteLengt\
h:e,partLengths:r}){let n=ut(t);return{byteLength:e,chunks:r===void 0?n:mt(n,r)}}async function*ut(t\
){for(;;){let e=await t.receive();if(e.kind==="commit")return;if(e.kind!=="bytes")throw new d("KEEPF\
IT_STORE_FAILED","the store has given up");let{buffer:r,length:n}=e;yield new Uint8Array(r,0,n),t.se\
nd({kind:"freed",buffer:r})}}async function*mt(t,e){let r=new F(e,Ie.crc32);for await(let n of t)r.a\
dd(n),yield n;yield r.toBytes()}var v=class{#r;#n=[];#e=[];#t=()=>{};constructor(e){this.#r=e,e.on("\
message",r=>{this.#n.push(...r),this.#t()})}async receive(){for(;;){let e=this.#n.shift();if(e!==voi\
d 0)return e;this.flush(),await new Promise(r=>{this.#t=r})}}send(e){this.#e.push(e)}flush(){if(this\
.#e.length===0)return;let e=this.#e.flatMap(r=>r.kind==="freed"?[r.buffer]:[]);this.#r.postMessage(t\
his.#e,e),this.#e=[]}};var c=require("node:fs"),Le=require("node:util"),pt=(0,Le.promisify)(c.fsync)\
,$e={constants:c.constants,open:async(t,e,r)=>ht((0,c.openSync)(t,e,r)),stat:async(t,e)=>(0,c.statSy\
nc)(t,e),lstat:async(t,e)=>(0,c.lstatSync)(t,e),readdir:async(t,e)=>(0,c.readdirSync)(t,e),mkdir:asy\
nc(t,e)=>(0,c.mkdirSync)(t,e),rename:async(t,e)=>(0,c.renameSync)(t,e),link:async(t,e)=>(0,c.linkSyn\
c)(t,e),unlink:async t=>(0,c.unlinkSync)(t),readlink:async t=>(0,c.readlinkSync)(t)};function ht(t){\
return{read:async(...e)=>({bytesRead:(0,c.readSync)(t,...e)}),write:async(...e)=>({bytesWritten:(0,c\
.writeSync)(t,...e)}),stat:async e=>(0,c.fstatSync)(t,e),sync:()=>pt(t),close:async()=>(0,c.closeSyn\
c)(t)}}Ce(_e.parentPort,$e).catch(t=>{queueMicrotask(()=>{throw t})});`;
